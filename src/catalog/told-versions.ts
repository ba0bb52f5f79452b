/** A version's event as an audience is told of it. Pure. */
import type { CatalogChangedData, CatalogChangedEvent } from '../events/events.ts'
import { tellingOf, type Telling } from './access-history.ts'
import type { Audience } from './model-filter.ts'
import type { LoggedVersion } from './read-versions.ts'

/** The same version for everybody, so that nobody sees a gap: only what it names differs. */
export function eventFor(
  { event, access }: LoggedVersion,
  audience: Audience,
): CatalogChangedEvent {
  if (audience === 'all' || access.size === 0) return event
  const tellings = new Map([...access].map(([id, at]) => [id, tellingOf(at, audience)]))
  const data = toldData(event.data, (id) => tellings.get(id) ?? 'as_it_is')
  if (namesAnything(data) || !namesAnything(event.data)) return { ...event, data }
  // Whose models they are would tell that there are some.
  const { subject: _subject, ...anonymous } = event
  return { ...anonymous, data: { ...data, upstream: null, provider: null, runId: null } }
}

/** Of one provider only; undefined: it says nothing of it. */
export function eventOfProvider(
  event: CatalogChangedEvent,
  provider: string,
): CatalogChangedEvent | undefined {
  const { data } = event
  if (data.provider === provider) return event
  if (data.provider !== null) return undefined
  const isIts = (id: string) => id.startsWith(`${provider}/`)
  const its = {
    ...data,
    added: data.added.filter(isIts),
    updated: data.updated.filter(({ id }) => isIts(id)),
    removed: data.removed.filter(isIts),
  }
  return data.truncated || namesAnything(its) ? { ...event, data: its } : undefined
}

function toldData(data: CatalogChangedData, telling: (id: string) => Telling): CatalogChangedData {
  const { added, updated, removed } = data
  const became = (wanted: Telling) =>
    updated.map(({ id }) => id).filter((id) => telling(id) === wanted)
  return {
    ...data,
    added: [...added.filter((id) => isThere(telling(id))), ...became('added')],
    updated: updated.filter(({ id }) => telling(id) === 'as_it_is'),
    removed: [...removed.filter((id) => telling(id) !== 'not'), ...became('withdrawn')],
  }
}

function isThere(telling: Telling): boolean {
  return telling === 'as_it_is' || telling === 'added'
}

function namesAnything({ added, updated, removed }: CatalogChangedData): boolean {
  return added.length + updated.length + removed.length > 0
}
