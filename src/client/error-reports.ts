import type { CatalogChange } from './change.ts'

export interface ErrorReports {
  /** Reported once a minute for each source: an outage repeats itself at every attempt. */
  outage(source: 'redis' | 'postgres' | 'http', error: unknown): void
  callback(error: unknown, change?: CatalogChange): void
  /** Connections complain while they are ended. */
  mute(): void
}

export type OnError = (error: Error, change?: CatalogChange) => void

const repeatAfterMs = 60_000

export function createErrorReports(onError: OnError = warn): ErrorReports {
  const reportedAt = new Map<string, number>()
  let muted = false
  const report: OnError = (error, change) => {
    if (muted) return
    try {
      onError(error, change)
    } catch (problem) {
      warn(asError(problem))
    }
  }
  return {
    outage(source, error) {
      const now = performance.now()
      if (now - (reportedAt.get(source) ?? Number.NEGATIVE_INFINITY) < repeatAfterMs) return
      reportedAt.set(source, now)
      report(asError(error))
    },
    callback: (error, change) => report(asError(error), change),
    mute: () => void (muted = true),
  }
}

function warn(error: Error): void {
  process.emitWarning(error)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error })
}
