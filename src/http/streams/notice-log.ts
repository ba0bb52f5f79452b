/**
 * Notices for all streams of this process, read from PostgreSQL while anybody listens. Redis has them
 * sooner and may lose them.
 */
import { toPlumblineError } from '../../errors.ts'
import type { Db } from '../../catalog/database.ts'
import type { NoticeEvent } from '../../events/events.ts'
import { noticeEvent } from '../../events/notice.ts'
import type { OutageLog } from '../../events/outage-log.ts'
import { readNoticePosition, readNoticesAfter, type NoticePosition } from '../../history/notices.ts'

export interface NoticeLog {
  /** Calls back with what is announced from now on. Returns how to end it. */
  onNotice: (listener: (notice: NoticeEvent) => void) => () => void
  close: () => void
}

const lookEveryMs = 2000

export function createNoticeLog(db: Db, outage: OutageLog): NoticeLog {
  const listeners = new Set<(notice: NoticeEvent) => void>()
  let looking: NodeJS.Timeout | undefined
  let position: NoticePosition | undefined
  let isReading = false

  async function look(): Promise<void> {
    if (isReading) return
    isReading = true
    const mine = looking
    try {
      const read = await readNoticesAfter(db, position ?? (await readNoticePosition(db)))
      // Nobody listens any more, or somebody has begun anew.
      if (looking !== mine) return
      position = read.position
      outage.recovered()
      for (const row of read.notices) tell(noticeEvent(row))
    } catch (error) {
      outage.failed(toPlumblineError(error))
    } finally {
      isReading = false
    }
  }

  // The relay has logged those that fit no type.
  function tell(notice: NoticeEvent | undefined): void {
    if (notice) for (const listener of listeners) listener(notice)
  }

  function stop(): void {
    clearInterval(looking)
    looking = undefined
    position = undefined
  }

  return {
    onNotice(listener) {
      listeners.add(listener)
      if (looking === undefined) {
        looking = setInterval(() => void look(), lookEveryMs)
        void look()
      }
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) stop()
      }
    },
    close: stop,
  }
}
