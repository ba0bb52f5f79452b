/**
 * A connection for events that is made anew whenever it is cut, ends, or falls silent. A half-open one
 * (the peer is gone and said nothing) is known by the heartbeats that do not come.
 */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from './api.ts'
import { createBackoff } from './backoff.ts'
import { createBlockReader, type EventBlock } from './event-blocks.ts'

export interface EventConnectionOptions {
  /** Asks for the stream from where the reader is now. */
  open: (signal: AbortSignal) => Promise<Response>
  onBlock: (block: EventBlock) => void
  /** Told of each failure; a stream that ends is none. */
  onFailure: (error: unknown) => void
  /** Without a byte for so long the connection is given up. */
  silenceLimitMs: number
}

export interface EventConnection {
  /** Ends what there is and asks again, at once. */
  restart: () => void
  /** Idempotent. */
  close: () => void
}

export function connectEvents(options: EventConnectionOptions): EventConnection {
  const { onBlock, onFailure } = options
  const closed = new AbortController()
  const backoff = createBackoff()
  let current = new AbortController()
  let isRestarting = false

  async function readOnce(): Promise<void> {
    current = new AbortController()
    const signal = AbortSignal.any([closed.signal, current.signal])
    const watchdog = watch(current, options.silenceLimitMs)
    try {
      const response = await options.open(signal)
      const reader = createBlockReader()
      for await (const chunk of response.body ?? []) {
        watchdog.heard()
        backoff.reset()
        for (const block of reader.push(chunk)) {
          if (block.retryMs !== undefined) backoff.setFirst(block.retryMs)
          onBlock(block)
        }
      }
    } finally {
      watchdog.end()
    }
  }

  async function keepReading(): Promise<void> {
    while (!closed.signal.aborted) {
      let askedForMs: number | undefined
      try {
        await readOnce()
      } catch (error) {
        if (closed.signal.aborted) return
        if (error instanceof ApiError) askedForMs = error.retryAfterMs
        if (!isRestarting) onFailure(error)
      }
      if (!isRestarting) await pause(backoff.nextMs(askedForMs))
      isRestarting = false
    }
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: closed.signal }).catch(() => undefined)
  }

  void keepReading()
  return {
    restart() {
      isRestarting = true
      current.abort()
    },
    close: () => closed.abort(),
  }
}

/** Aborts a reading that nothing is heard of for so long. */
function watch(reading: AbortController, limitMs: number) {
  let isSilent = false
  const giveUp = async (): Promise<void> => {
    isSilent = true
    // This process itself may have stood still: what waits to be read is read first.
    for (let turn = 0; turn < 2; turn++) await setImmediate()
    if (isSilent) reading.abort(new Error(`Nothing was received for ${limitMs} ms.`))
  }
  const timer = setTimeout(() => void giveUp(), limitMs)
  return {
    heard() {
      isSilent = false
      timer.refresh()
    },
    end() {
      isSilent = false
      clearTimeout(timer)
    },
  }
}
