/** Events about operations: from a row of `notices` to the event. */
import { z } from 'zod'
import { HoldOpenedData, UpstreamFailingData, UpstreamRecoveredData } from './events.ts'
import type { NoticeEvent } from './events.ts'

/** The notices of the event map once more, as TypeScript needs them; a test compares the two. */
const Notice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('plumbline.hold.opened'), data: HoldOpenedData }),
  z.object({ type: z.literal('plumbline.upstream.failing'), data: UpstreamFailingData }),
  z.object({ type: z.literal('plumbline.upstream.recovered'), data: UpstreamRecoveredData }),
])
/** What is stored in `notices`. */
export type Notice = z.infer<typeof Notice>

/** A row of `notices`. */
export interface NoticeRow {
  id: number
  type: string
  data: unknown
  createdAt: Date
}

/** Undefined when the event map does not know the type or the data does not fit it: a bug. */
export function noticeEvent(row: NoticeRow): NoticeEvent | undefined {
  const notice = Notice.safeParse(row)
  if (!notice.success) return undefined
  const { data } = notice.data
  return {
    specversion: '1.0',
    id: `notice-${row.id}`,
    source: 'plumbline',
    time: row.createdAt.toISOString(),
    datacontenttype: 'application/json',
    subject: 'provider' in data ? data.provider : data.upstream,
    ...notice.data,
  }
}
