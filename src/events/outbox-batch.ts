import type { Redis } from 'ioredis'
import { catalogChanged, type VersionRow } from './catalog-changed.ts'
import type { PlumblineEvent } from './events.ts'
import type { EventNames } from './names.ts'
import { noticeEvent, type NoticeRow } from './notice.ts'
import type { EventsLog } from './outage-log.ts'
import { publishEvents, raiseVersionKey, settleVersionKey } from './publish.ts'

/** What one publish takes from the outbox, each list in ascending order. */
export interface OutboxBatch {
  versions: VersionRow[]
  notices: NoticeRow[]
  /** Newest version announced before this batch; 0 = none. */
  announcedVersion: number
}

/** Publishes the rows and brings the version key in line. Throws `redis_unavailable`: publish it again. */
export async function publishBatch(
  redis: Redis,
  names: EventNames,
  batch: OutboxBatch,
  log: EventsLog,
): Promise<void> {
  const events = eventsOf(batch, log)
  if (events.length > 0) await publishEvents(redis, names, events)
  const newest = batch.versions.at(-1)?.version
  if (newest !== undefined) return raiseVersionKey(redis, names, newest)
  const tooHigh = await settleVersionKey(redis, names, batch.announcedVersion)
  if (tooHigh !== undefined)
    log.warn(
      { tooHigh, version: batch.announcedVersion },
      'Redis was ahead of PostgreSQL: restored from a backup?',
    )
}

/** A row that fits nothing is logged and must not hold up those behind it. */
function eventsOf({ versions, notices }: OutboxBatch, log: EventsLog): PlumblineEvent[] {
  const events: PlumblineEvent[] = versions.map((row) =>
    catalogChanged(row, (err) =>
      log.error({ err, version: row.version }, 'The data of a version does not fit the event map'),
    ),
  )
  for (const row of notices) {
    const event = noticeEvent(row)
    if (event) events.push(event)
    else log.error({ notice: row.id, type: row.type }, 'A notice does not fit the event map')
  }
  return events
}
