/** The connection to one client of an event stream. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { StreamClient } from './event-stream.ts'

/** Whoever has not read by then what fits into the buffers of the connection never will. */
export interface Patience {
  drainWithinMs: number
  /** When it has not. */
  onSlow: () => void
}

export function createStreamClient(
  response: ServerResponse,
  { drainWithinMs, onSlow }: Patience,
  signal: AbortSignal,
): StreamClient {
  return {
    get hasRoom() {
      return !response.writableNeedDrain
    },
    async write(text) {
      signal.throwIfAborted()
      if (response.write(text)) return
      const late = setTimeout(onSlow, drainWithinMs)
      try {
        await once(response, 'drain', { signal })
      } finally {
        clearTimeout(late)
      }
    },
  }
}
