/**
 * What goes over the wire: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * `id` is the catalog's version that the client is at once it has read the event, so that its
 * `Last-Event-ID` says where to go on.
 */
import type { CatalogChangedEvent, CatalogResetEvent } from '../../events/events.ts'
import type { ToldNotice } from './told-notice.ts'

export function eventText(version: number, event: CatalogChangedEvent | CatalogResetEvent): string {
  return `id: ${version}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

/** Without an `id`: a notice has no place among the versions, and moves no client on. */
export function noticeText(notice: ToldNotice): string {
  return `event: ${notice.type}\ndata: ${JSON.stringify(notice)}\n\n`
}

export function resetText(version: number, reason: CatalogResetEvent['data']['reason']): string {
  return eventText(version, {
    specversion: '1.0',
    id: `reset-${version}`,
    source: 'plumbline',
    type: 'plumbline.catalog.reset',
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { version, reason },
  })
}

/**
 * A comment: EventSource shows it to nobody. When everything up to the version was sent, the id moves
 * the client on without an event, and the number says how many milliseconds ago that was certain.
 */
export function heartbeatText(current?: { version: number; certainMsAgo: number }): string {
  if (!current) return ': heartbeat\n\n'
  return `: heartbeat ${Math.ceil(current.certainMsAgo)}\nid: ${current.version}\n\n`
}

export function retryText(ms: number): string {
  return `retry: ${Math.round(ms)}\n\n`
}
