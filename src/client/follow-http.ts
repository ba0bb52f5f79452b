/** Following by way of the API's event stream: it replays what was missed itself, from where it is asked to. */
import { createApi, type ApiOptions } from './api.ts'
import type { CatalogChanged, CatalogReset } from './change.ts'
import { createDelivery, type Delivery } from './delivery.ts'
import { createErrorReports } from './error-reports.ts'
import type { EventBlock } from './event-blocks.ts'
import { connectEvents } from './event-connection.ts'
import type { Following, FollowOptions } from './following.ts'
import { isVersion, readEvent, readReset } from './read-event.ts'
import { createTruth, type ToldTruth } from './truth.ts'

export interface FollowHttpOptions extends FollowOptions, ApiOptions {
  /**
   * How often the API shall say that nothing was missed, in whole seconds from 1 to 60; 5. A connection
   * that has fallen silent is replaced after a little more than twice that.
   */
  heartbeatSeconds?: number
}

/** The server says that itself; what it says of its version is true at once. */
const rewindAfterMs = 0

export function followOverHttp(options: FollowHttpOptions): Following {
  const { heartbeatSeconds = 5, onGap } = options
  const api = createApi(options)
  const reports = createErrorReports(options.onError)
  const delivery = createDelivery({
    onChange: options.onChange,
    onGap,
    // More was heard than is kept: the server sends it again.
    replay: async () => {
      connection.restart()
      return 'unreachable'
    },
    reports,
  })
  if (options.sinceVersion !== undefined) delivery.begin(options.sinceVersion)
  const truth = createTruth({ delivery, rewindAfterMs })
  const receive = createReceiver(delivery, truth, (reset) => {
    if (reset.reason !== 'unreplayable' || delivery.reached === undefined) return
    const gap = { from: delivery.reached + 1, to: reset.version }
    try {
      onGap?.(gap)
    } catch (error) {
      reports.callback(error)
    }
  })
  const connection = connectEvents({
    open: (signal) =>
      api.get(`api/v1/events?heartbeat=${heartbeatSeconds}`, {
        accept: 'text/event-stream',
        headers: positionOf(delivery),
        signal,
      }),
    onBlock: receive,
    onFailure: (error) => reports.outage('http', error),
    silenceLimitMs: heartbeatSeconds * 2000 + 1000,
  })
  const close = async (): Promise<void> => {
    reports.mute()
    delivery.stop()
    connection.close()
  }
  return { delivery, truth, certainEveryMs: heartbeatSeconds * 1000, close }
}

function positionOf({ reached }: Delivery): Record<string, string> {
  return reached === undefined ? {} : { 'last-event-id': String(reached) }
}

function createReceiver(
  delivery: Delivery,
  truth: ToldTruth,
  onReset: (reset: CatalogReset) => void,
): (block: EventBlock) => void {
  return ({ id, event, data = '', comment }) => {
    const version = id === undefined || id === '' ? Number.NaN : Number(id)
    if (!isVersion(version)) return
    if (event === 'plumbline.catalog.changed') {
      delivery.hear(readEvent(data) ?? unreadable(version))
    } else if (event === 'plumbline.catalog.reset') {
      const reset = readReset(data, version)
      onReset(reset)
      delivery.reset(reset.version, reset.reason)
    } else if (event === undefined && comment !== undefined) {
      const certainMsAgo = readHeartbeat(comment)
      if (certainMsAgo !== undefined) truth.learn(version, performance.now() - certainMsAgo)
    }
  }
}

/** Nobody can tell what it changed: everything may be different. */
function unreadable(version: number): CatalogChanged {
  const lists = { added: [], updated: [], removed: [], truncated: true }
  const origin = { upstream: null, provider: null, runId: null }
  return { type: 'changed', version, ...origin, ...lists, committedAt: new Date().toISOString() }
}

/** `heartbeat 12` → 12; undefined: another comment. */
function readHeartbeat(comment: string): number | undefined {
  const ms = /^heartbeat (\d+)$/.exec(comment)?.[1]
  return ms === undefined ? undefined : Number(ms)
}
