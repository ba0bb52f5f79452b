/** The event streams that are open in this process: counted, bounded, and ended together at the stop. */
import { PlumblineError } from '../../errors.ts'
import type { Metrics } from '../../metrics.ts'

/** `slow`: it did not read what was written. `aged`: it shall come again. `refused`: its key has ended. */
export type EndReason = 'client' | 'slow' | 'aged' | 'refused' | 'shutdown'

export interface OpenStreams {
  /** Throws `too_many_streams`. */
  open: () => OpenStream
  /** All of them; those that open afterwards end at once. */
  endAll: () => void
}

export interface OpenStream {
  /** Aborted with the reason. */
  signal: AbortSignal
  /** The first reason counts. Idempotent. */
  end: (reason: EndReason) => void
}

export function createOpenStreams(
  limit: number,
  metrics: Pick<Metrics, 'eventStreams' | 'eventStreamsEnded'>,
): OpenStreams {
  const streams = new Set<OpenStream>()
  let isClosing = false
  const count = () => metrics.eventStreams.set({}, streams.size)
  return {
    open() {
      if (streams.size >= limit)
        throw new PlumblineError('too_many_streams', `${streams.size} event streams are open.`, {
          retryable: true,
          retryAfterMs: 5000,
        })
      const controller = new AbortController()
      const stream: OpenStream = {
        signal: controller.signal,
        end(reason) {
          if (!streams.delete(stream)) return
          count()
          metrics.eventStreamsEnded.inc({ reason })
          controller.abort(reason)
        },
      }
      streams.add(stream)
      count()
      if (isClosing) stream.end('shutdown')
      return stream
    },
    endAll() {
      isClosing = true
      for (const stream of streams) stream.end('shutdown')
    },
  }
}
