/**
 * A field of an upstream that was never there before, is gone or has another type is worth a look,
 * whether its adapter reads it or keeps it as stated: it is counted and logged once, and remembered.
 */
import { readSeenFields, recordSeenFields, type UpstreamState } from '../history/upstream-state.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import type { RefreshContext } from './refresh-context.ts'
import { compareFields, type FieldChange } from './schema-drift.ts'
import type { ReadSnapshot } from './slice-collector.ts'

type NoteContext = Pick<RefreshContext, 'db' | 'log' | 'metrics' | 'clock'>

/** Never throws: what cannot be noted is logged, and the refresh goes on. */
export async function noteSchemaDrift(
  context: NoteContext,
  state: UpstreamState,
  definition: Pick<Upstream, 'adapterVersion'>,
  read: Pick<ReadSnapshot, 'stated' | 'entries' | 'rejects'>,
): Promise<void> {
  const { db, log, clock } = context
  try {
    const now = clock?.() ?? new Date()
    const { changes, seen } = compareFields({
      known: await readSeenFields(db, state.id),
      stated: read.stated,
      absence: isMostlyRead(read) ? 'proven' : 'none',
      now,
      lastReadAt: state.lastSuccessAt ?? now,
    })
    if (seen.size === 0) return
    await recordSeenFields(db, state.id, seen)
    if (isComparable(state, definition)) report(context, state.id, changes)
  } catch (error) {
    log.warn({ upstream: state.id, err: error }, 'the fields of the upstream could not be compared')
  }
}

/** Of an entry with bad text nothing is known: where rejects are many, absence proves nothing. */
function isMostlyRead({ entries, rejects }: Pick<ReadSnapshot, 'entries' | 'rejects'>): boolean {
  return entries > 0 && rejects.length <= entries / 5
}

/** Another adapter may take other things for entries: not the upstream's doing. */
function isComparable(
  { successCount, appliedAdapter }: UpstreamState,
  { adapterVersion }: Pick<Upstream, 'adapterVersion'>,
): boolean {
  return successCount > 0 && appliedAdapter === adapterVersion
}

function report({ log, metrics }: NoteContext, upstream: string, changes: FieldChange[]): void {
  if (changes.length === 0) return
  for (const { field } of changes) metrics.schemaDrift.inc({ upstream, field })
  const fields = changes.slice(0, 20).map(({ field, change }) => `${field} (${change})`)
  log.info(
    { upstream, fields, changes: changes.length },
    'the upstream states other fields than before',
  )
}
