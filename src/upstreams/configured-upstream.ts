/** An adapter together with what the configuration says of it. */
import type { Authority } from '../catalog/merge.ts'
import { PlumblineError } from '../errors.ts'
import type { Upstream } from './upstream.ts'

export interface ConfiguredUpstream {
  definition: Upstream
  url: string
  enabled: boolean
  /** Cron, or `15m` / `1h` / `24h`. */
  schedule: string
  /** The key's value; undefined = none is set. */
  key: string | undefined
  /** Private and loopback addresses may be asked: for URLs that come from the environment. */
  allowPrivate: boolean
}

const unknownRank = 100

/**
 * Who is believed for a field: the provider's own API in what it is authoritative for, then the
 * aggregators by their rank, then an own API in all other fields.
 */
export function authorityOf(upstreams: ReadonlyMap<string, ConfiguredUpstream>): Authority {
  return (id, provider, field) => {
    const definition = upstreams.get(id)?.definition
    if (!definition) return unknownRank
    if (definition.provider !== provider) return definition.rank
    const { authoritative } = definition
    return authoritative === 'all' || authoritative.includes(field) ? 0 : unknownRank - 1
  }
}

/** For facts of a provider as a whole: lower is believed more. */
export function rankOf(upstreams: ReadonlyMap<string, ConfiguredUpstream>): (id: string) => number {
  return (id) => upstreams.get(id)?.definition.rank ?? unknownRank
}

export function requireUpstream(
  upstreams: ReadonlyMap<string, ConfiguredUpstream>,
  id: string,
): ConfiguredUpstream {
  const upstream = upstreams.get(id)
  if (!upstream)
    throw new PlumblineError('not_found', `There is no upstream ${id}.`, {
      nextStep: 'plumbline upstreams',
    })
  return upstream
}

/**
 * Whether a model that is not listed is gone. An adapter that has never read a recorded payload may
 * leave out what it does not understand, so it proves nothing, unless somebody takes it at its word.
 * A runtime is taken at its word: who asks it whether a model runs wants to hear it.
 */
export function provesAbsence(
  { complete, verified, runtime }: Pick<Upstream, 'complete' | 'verified' | 'runtime'>,
  { force = false }: { force?: boolean },
): boolean {
  return complete && (verified || runtime === true || force)
}
