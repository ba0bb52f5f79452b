/**
 * So many requests a minute and no more, whatever the number of workers: a request waits for its slot
 * before it is sent, and so before its own deadline begins.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { PlumblineError } from '../errors.ts'
import type { Fetcher } from './fetch.ts'

/** For upstreams that state no limit of their own. */
export const defaultRequestsPerMinute = 100

/** Takes the next free slot of an upstream. Milliseconds until it; above `maxWaitMs` none was taken. */
export type ReserveSlot = (
  upstream: string,
  requestsPerMinute: number,
  maxWaitMs: number,
) => Promise<number>

export interface RequestLimit {
  reserve: ReserveSlot
  /** By id of the upstream; undefined = the default. */
  requestsPerMinute: (upstream: string) => number | undefined
  maxWaitMs: number
  /** URLs that may be asked at any pace. */
  isFree?: (url: string) => boolean
}

/** The same fetcher; besides, it throws `cancelled` while waiting and `fetch_timeout` instead of waiting too long. */
export function limitRequests(
  { fetch, close }: Fetcher,
  { reserve, requestsPerMinute, maxWaitMs, isFree }: RequestLimit,
): Fetcher {
  return {
    close,
    fetch: async (request) => {
      const { upstream, signal, url } = request
      if (isFree?.(url)) return fetch(request)
      const limit = requestsPerMinute(upstream) ?? defaultRequestsPerMinute
      const waitMs = await reserve(upstream, limit, maxWaitMs)
      if (waitMs > maxWaitMs) throw tooManyWaiting(upstream, limit, waitMs)
      if (waitMs > 0) await sleep(waitMs, undefined, signal ? { signal } : {})
      return fetch(request)
    },
  }
}

function tooManyWaiting(upstream: string, limit: number, waitMs: number): PlumblineError {
  return new PlumblineError(
    'fetch_timeout',
    `Too many requests to ${upstream} wait already: ${limit} a minute are sent.`,
    { retryable: true, retryAfterMs: waitMs, nextStep: 'Nothing: it is tried again by itself.' },
  )
}
