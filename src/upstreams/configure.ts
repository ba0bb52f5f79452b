/** The registry and the configuration → the upstreams of this installation. */
import { unknownUpstreams, type Config } from '../config.ts'
import { PlumblineError } from '../errors.ts'
import type { ConfiguredUpstream } from './configured-upstream.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { upstreams as registry } from './registry.ts'
import type { Upstream } from './upstream.ts'

/** Throws `config_invalid` that lists every name that no upstream has. */
export function configureUpstreams(config: Config): Map<string, ConfiguredUpstream> {
  const custom = config.openaiCompatible.map(({ id, url }) =>
    openaiCompatible({ id, url, provider: id }),
  )
  const definitions: Upstream[] = [...registry, ...custom]
  const ids = definitions.map(({ id }) => id)
  const unknown = unknownUpstreams(config, ids)
  if (unknown.length > 0)
    throw new PlumblineError('config_invalid', unknown.join('\n'), {
      nextStep: `There are: ${ids.join(', ')}.`,
    })
  const customIds = new Set(custom.map(({ id }) => id))
  return new Map(
    definitions.map((definition) => [
      definition.id,
      configure(config, definition, customIds.has(definition.id)),
    ]),
  )
}

function configure(config: Config, definition: Upstream, isCustom: boolean): ConfiguredUpstream {
  const settings = config.upstreamSettings(definition.id)
  const key = settings.key ?? (definition.key && config.keyFor(definition.key.env))
  const isNamed =
    config.upstreams?.includes(definition.id) ?? isEnabledByDefault(definition, settings.url, key)
  return {
    definition,
    url: settings.url ?? definition.url,
    enabled: settings.enabled ?? isNamed,
    schedule: settings.schedule ?? definition.schedule,
    key,
    // Who writes a URL into the environment means it; `optIn` upstreams are local by nature.
    allowPrivate: isCustom || settings.url !== undefined || definition.optIn === true,
  }
}

function isEnabledByDefault(
  { key, optIn }: Upstream,
  url: string | undefined,
  keyValue: string | undefined,
): boolean {
  if (optIn) return url !== undefined
  return !key?.required || keyValue !== undefined
}
