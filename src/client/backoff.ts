/** How long to wait before the next attempt, so that a thousand clients of a server that is back do not come at once. */
export interface Backoff {
  /** Longer from failure to failure, with jitter; not shorter than the server has asked for. */
  nextMs: (askedForMs?: number) => number
  /** It worked: the next pause is a short one again. */
  reset: () => void
  /** The first pause from now on, as a server wants it. */
  setFirst: (ms: number) => void
}

const longestMs = 30_000
/** Whatever a server asks for. */
const longestAskedMs = 10 * 60_000

export function createBackoff(firstMs = 1000, random: () => number = Math.random): Backoff {
  let first = firstMs
  let failures = 0
  return {
    nextMs(askedForMs = 0) {
      const pause = Math.min(longestMs, first * 2 ** failures)
      failures = Math.min(failures + 1, 20)
      return Math.max(pause * (0.5 + random() / 2), Math.min(askedForMs, longestAskedMs))
    },
    reset() {
      failures = 0
    },
    setFirst(ms) {
      first = Math.min(ms, longestMs)
    },
  }
}
