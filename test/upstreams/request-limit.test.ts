import { describe, expect, it } from 'vitest'
import { isLoopbackUrl } from '../../src/config-values.ts'
import type { Fetcher, FetchRequest } from '../../src/upstreams/fetch.ts'
import {
  defaultRequestsPerMinute,
  limitRequests,
  type ReserveSlot,
} from '../../src/upstreams/request-limit.ts'

function limited(reserve: ReserveSlot, requestsPerMinute?: number) {
  const sent: FetchRequest[] = []
  const fetcher: Fetcher = {
    fetch: async (request) => {
      sent.push(request)
      throw new Error('nothing answers')
    },
    close: async () => undefined,
  }
  const limit = {
    reserve,
    requestsPerMinute: () => requestsPerMinute,
    maxWaitMs: 1000,
    isFree: isLoopbackUrl,
  }
  return { sent, fetcher: limitRequests(fetcher, limit) }
}

const request = { upstream: 'alpha', url: 'https://example.com' }

describe('a request to an upstream', () => {
  it('is sent when its slot has come, not before', async () => {
    const { fetcher, sent } = limited(async () => 100)
    const startedAt = performance.now()
    const asked = fetcher.fetch(request)
    expect(sent).toHaveLength(0)
    await expect(asked).rejects.toThrow('nothing answers')
    expect(sent).toHaveLength(1)
    expect(performance.now() - startedAt).toBeGreaterThan(90)
  })

  it('is not sent when it is cancelled while it waits', async () => {
    const { fetcher, sent } = limited(async () => 900)
    const controller = new AbortController()
    const asked = fetcher.fetch({ ...request, signal: controller.signal })
    controller.abort()
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
    expect(sent).toHaveLength(0)
  })

  it('is not sent when too many wait already, and says when to try again', async () => {
    const { fetcher, sent } = limited(async () => 5000)
    const failure = { code: 'fetch_timeout', retryable: true, retryAfterMs: 5000 }
    await expect(fetcher.fetch(request)).rejects.toMatchObject(failure)
    expect(sent).toHaveLength(0)
  })

  it('to a server on this machine is sent at any pace', async () => {
    const { fetcher, sent } = limited(async () => 5000)
    await expect(fetcher.fetch({ ...request, url: 'http://127.0.0.1:1/' })).rejects.toThrow(
      'nothing',
    )
    expect(sent).toHaveLength(1)
  })

  it('counts against the limit of its upstream, or else the default', async () => {
    const limits: unknown[] = []
    const noting: ReserveSlot = async (upstream, limit) => {
      limits.push([upstream, limit])
      return 0
    }
    await limited(noting, 7)
      .fetcher.fetch(request)
      .catch(() => undefined)
    await limited(noting)
      .fetcher.fetch(request)
      .catch(() => undefined)
    expect(limits).toEqual([
      ['alpha', 7],
      ['alpha', defaultRequestsPerMinute],
    ])
  })
})
