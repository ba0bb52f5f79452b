/** The outbox of events that are about operations; the relay publishes them (events/outbox.ts). */
import type { Db, Tx } from '../catalog/database.ts'
import type { EventData, NoticeType } from '../events/events.ts'

export async function recordNotice<Type extends NoticeType>(
  db: Db | Tx,
  type: Type,
  data: EventData<Type>,
): Promise<void> {
  await db.$executeRaw`INSERT INTO notices (type, data) VALUES (${type}, ${JSON.stringify(data)}::jsonb)`
}
