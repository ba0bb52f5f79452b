/** Which upstreams a refresh means when it names none: one rule for CLI and API. */
import { readUpstreamsOf } from '../catalog/slices.ts'
import type { Db } from '../catalog/database.ts'
import { PlumblineError } from '../errors.ts'
import { listUpstreamStates } from '../history/upstream-state.ts'
import type { ConfiguredUpstream } from '../upstreams/configured-upstream.ts'

export interface ChooseContext {
  db: Db
  upstreams: ReadonlyMap<string, ConfiguredUpstream>
}

export interface RefreshTarget {
  /** Ids; none = every upstream that is enabled and may know the provider. */
  upstreams: readonly string[]
  provider?: string | undefined
}

/**
 * Sorted ids. Named upstreams are taken as they are, even disabled ones: naming them is an operator's
 * word. Throws `invalid_argument` for a name that no upstream has, or when nothing is enabled.
 */
export async function chooseUpstreams(
  { db, upstreams }: ChooseContext,
  { upstreams: named, provider }: RefreshTarget,
): Promise<string[]> {
  if (named.length > 0) return knownOnly([...new Set(named)], [...upstreams.keys()])
  const enabled = await enabledUpstreams(db, upstreams)
  if (enabled.length === 0)
    throw new PlumblineError('invalid_argument', 'No upstream is enabled.', {
      nextStep: 'Name one, or enable some with PLUMBLINE_UPSTREAMS; see: plumbline upstreams',
    })
  return provider === undefined
    ? enabled
    : thatMayKnow(provider, enabled, await readUpstreamsOf(db, provider), upstreams)
}

/** As the workers have registered them; by this process's own settings where none has yet. */
async function enabledUpstreams(db: Db, upstreams: ChooseContext['upstreams']): Promise<string[]> {
  const registered = await listUpstreamStates(db)
  if (registered.length === 0)
    return [...upstreams.values()]
      .filter(({ enabled }) => enabled)
      .map(({ definition }) => definition.id)
      .sort()
  return registered.filter(({ id, enabled }) => enabled && upstreams.has(id)).map(({ id }) => id)
}

function knownOnly(named: readonly string[], known: readonly string[]): string[] {
  const unknown = named.filter((id) => !known.includes(id))
  if (unknown.length > 0)
    throw new PlumblineError('invalid_argument', `There is no upstream ${unknown.join(', ')}.`, {
      nextStep: `There are: ${known.join(', ')}.`,
    })
  return named.toSorted()
}

/** Those that have said something of the provider before; for a new one, every aggregator. */
function thatMayKnow(
  provider: string,
  enabled: readonly string[],
  stated: readonly string[],
  upstreams: ChooseContext['upstreams'],
): string[] {
  const providerOf = (id: string) => upstreams.get(id)?.definition.provider
  const knowing = enabled.filter((id) => stated.includes(id) || providerOf(id) === provider)
  return knowing.length > 0 ? knowing : enabled.filter((id) => providerOf(id) === undefined)
}
