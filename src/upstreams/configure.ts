/** The registry and the configuration → the upstreams of this installation. */
import { unknownUpstreams, type Config } from '../config.ts'
import { isLoopbackUrl } from '../config-values.ts'
import { PlumblineError } from '../errors.ts'
import type { ConfiguredUpstream } from './configured-upstream.ts'
import { customUpstreams } from './custom-upstreams.ts'
import { upstreams as registry } from './registry.ts'
import type { Upstream } from './upstream.ts'

/**
 * Throws `config_invalid` that lists every name that no upstream has, or every problem of the file that
 * declares further upstreams.
 */
export function configureUpstreams(config: Config): Map<string, ConfiguredUpstream> {
  const custom = customUpstreams(
    config,
    registry.map(({ id }) => id),
  )
  const definitions: Upstream[] = [...registry, ...custom.map(({ definition }) => definition)]
  const ids = definitions.map(({ id }) => id)
  const unknown = unknownUpstreams(config, ids)
  if (unknown.length > 0)
    throw new PlumblineError('config_invalid', unknown.join('\n'), {
      nextStep: `There are: ${ids.join(', ')}.`,
    })
  const isAllowed = new Map(
    custom.map(({ definition: { id }, allowPrivate }) => [id, allowPrivate]),
  )
  return new Map(
    definitions.map((definition) => [
      definition.id,
      configure(config, definition, isAllowed.get(definition.id) ?? false),
    ]),
  )
}

function configure(
  config: Config,
  definition: Upstream,
  allowPrivate: boolean,
): ConfiguredUpstream {
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
    // Who writes a URL into the environment means it; some upstreams are on this machine by nature.
    allowPrivate: allowPrivate || settings.url !== undefined || isLoopbackUrl(definition.url),
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
