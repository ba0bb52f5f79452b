/** The part of the logger that this folder uses. */
export interface EventsLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface OutageLog {
  failed(error: Error, fields?: object): void
  /** Does nothing where nothing had failed. */
  recovered(fields?: object): void
}

/**
 * An outage repeats the same error at every attempt (a full Redis: 12,000 a second, measured). Logged
 * are the first one, then at most one a minute with the number of those left out, and the end.
 */
export function createOutageLog(
  log: EventsLog,
  what: string,
  { everyMs = 60_000, now = Date.now }: { everyMs?: number; now?: () => number } = {},
): OutageLog {
  let failingSince: number | undefined
  let loggedAt = Number.NEGATIVE_INFINITY
  let leftOut = 0
  return {
    failed(error, fields = {}) {
      failingSince ??= now()
      if (now() - loggedAt < everyMs) {
        leftOut += 1
        return
      }
      log.warn(
        { ...fields, err: error, leftOut, failingForMs: now() - failingSince },
        `${what} fails`,
      )
      loggedAt = now()
      leftOut = 0
    },
    recovered(fields = {}) {
      if (failingSince === undefined) return
      log.info({ ...fields, failedForMs: now() - failingSince }, `${what} works again`)
      failingSince = undefined
      loggedAt = Number.NEGATIVE_INFINITY
      leftOut = 0
    },
  }
}
