/** The outbox of events that are about operations; the relay publishes them (events/outbox.ts). */
import type { Db, Tx } from '../catalog/database.ts'
import type { EventData, NoticeType } from '../events/events.ts'
import type { NoticeRow } from '../events/notice.ts'

export async function recordNotice<Type extends NoticeType>(
  db: Db | Tx,
  type: Type,
  data: EventData<Type>,
): Promise<void> {
  await db.$executeRaw`INSERT INTO notices (type, data) VALUES (${type}, ${JSON.stringify(data)}::jsonb)`
}

/**
 * When a notice was announced, in PostgreSQL's own text: a Date would lose its microseconds. One relay
 * at a time announces, so whoever goes on after it misses nothing, in whatever order notices were committed.
 */
export type NoticePosition = string

/** What is announced from now on comes after it. */
export async function readNoticePosition(db: Db): Promise<NoticePosition> {
  const [row] = await db.$queryRaw<{ at: string }[]>`SELECT clock_timestamp()::text AS at`
  return row?.at ?? 'infinity'
}

/** More are never announced within the seconds that lie between two looks. */
const newest = 1000

/** In the order in which they were announced. */
export async function readNoticesAfter(
  db: Db,
  position: NoticePosition,
): Promise<{ notices: NoticeRow[]; position: NoticePosition }> {
  const rows = await db.$queryRaw<StoredNotice[]>`
    SELECT id, type, data, created_at AS "createdAt", announced_at::text AS at FROM notices
    WHERE id > (SELECT max(id) FROM notices) - ${newest} AND announced_at > ${position}::timestamptz
    ORDER BY announced_at`
  return {
    notices: rows.map(({ id, type, data, createdAt }) => ({
      id: Number(id),
      type,
      data,
      createdAt,
    })),
    position: rows.at(-1)?.at ?? position,
  }
}

interface StoredNotice {
  id: bigint
  type: string
  data: unknown
  createdAt: Date
  at: string
}
