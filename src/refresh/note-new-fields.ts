/**
 * Fields that an upstream states and no adapter reads are kept in `extra`. One that was never there
 * before is worth a look: it is counted and logged once per upstream, and then remembered.
 */
import { addSeenFields, type UpstreamState } from '../history/upstream-state.ts'
import type { RefreshContext } from './refresh-context.ts'

// A payload whose keys are ids would fill the row: beyond this nothing is remembered or counted.
const maxFields = 500

export async function noteNewFields(
  { db, log, metrics }: Pick<RefreshContext, 'db' | 'log' | 'metrics'>,
  { id: upstream, seenFields, successCount }: UpstreamState,
  fields: ReadonlySet<string>,
): Promise<void> {
  const known = new Set(seenFields)
  const fresh = [...fields]
    .filter((field) => !known.has(field))
    .slice(0, Math.max(0, maxFields - known.size))
  if (fresh.length === 0) return
  await addSeenFields(db, upstream, fresh)
  if (successCount === 0) return
  for (const field of fresh) metrics.schemaDrift.inc({ upstream, field })
  log.info({ upstream, fields: fresh }, 'the upstream states fields that it did not state before')
}
