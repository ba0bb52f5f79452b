import { describe, expect, test } from 'vitest'
import { PlumblineError } from '../../src/errors.ts'
import { addressKind, type ResolveName } from '../../src/upstreams/address-guard.ts'
import { createFetcher } from '../../src/upstreams/fetch.ts'
import { startUpstream } from '../support/upstream-server.ts'

describe('an address', () => {
  test.each([
    ['1.1.1.1', 'public'],
    ['2606:4700::1111', 'public'],
    ['::ffff:1.1.1.1', 'public'],
    ['127.0.0.1', 'private'],
    ['127.8.8.8', 'private'],
    ['::1', 'private'],
    ['::ffff:127.0.0.1', 'private'],
    ['0.0.0.0', 'private'],
    ['10.0.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12::1', 'private'],
    ['169.254.169.254', 'forbidden'],
    ['::ffff:169.254.169.254', 'forbidden'],
    ['fe80::1%eth0', 'forbidden'],
    ['fd00:ec2::254', 'forbidden'],
    ['100.100.100.200', 'forbidden'],
    ['224.0.0.1', 'forbidden'],
    ['255.255.255.255', 'forbidden'],
    ['192.0.2.1', 'forbidden'],
    ['198.18.0.1', 'forbidden'],
    ['240.0.0.1', 'forbidden'],
    ['64:ff9b::7f00:1', 'forbidden'],
    ['2002:7f00:1::', 'forbidden'],
    ['2001::1', 'forbidden'],
    ['2001:db8::1', 'forbidden'],
    ['::7f00:1', 'forbidden'],
    ['ff02::1', 'forbidden'],
    ['unknown', 'forbidden'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind)
  })
})

/** The outcome of one request by a fetcher that resolves names as told. */
async function outcome(url: string, allowPrivate: boolean, resolve?: ResolveName): Promise<string> {
  const fetcher = createFetcher({
    timeoutMs: 1000,
    maxBytes: 1000,
    userAgent: 'Plumbline/test',
    ...(resolve ? { resolve } : {}),
  })
  try {
    const { body } = await fetcher.fetch({ upstream: 'acme', url, allowPrivate })
    return body
  } catch (error) {
    return error instanceof PlumblineError ? error.code : String(error)
  } finally {
    await fetcher.close()
  }
}

describe('a request', () => {
  test.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://0x7f.1',
    'http://017700000001',
    'http://127.1',
    'http://127.0.0.1.',
    'http://0',
    'http://⑫7.0.0.1',
    'http://localhost',
    'http://[::1]',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[0:0:0:0:0:ffff:7f00:0001]',
  ])('to %s is blocked, and let through where private addresses are allowed', async (base) => {
    const upstream = await startUpstream()
    upstream.answer('/', { body: '{}' })
    const url = `${base}:${new URL(upstream.url).port}/`
    expect(await outcome(url, false)).toBe('fetch_blocked')
    expect(upstream.requests).toHaveLength(0)
    // The server listens on IPv4 only: what reaches it as IPv6 is refused and not blocked.
    expect(['{}', 'fetch_refused']).toContain(await outcome(url, true))
    await upstream.close()
  })

  test.each(['http://169.254.169.254/', 'http://[fe80::1]/', 'http://[fd00:ec2::254]/'])(
    'to %s is always blocked',
    async (url) => {
      expect(await outcome(url, true)).toBe('fetch_blocked')
    },
  )

  test.each([
    ['a private address', ['10.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['one public and one private address', ['1.1.1.1', '127.0.0.1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
  ])('to a name that resolves to %s is blocked', async (_what, addresses) => {
    const resolve: ResolveName = (_name, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    expect(await outcome('http://acme.test/', false, resolve)).toBe('fetch_blocked')
  })

  test('says what to do about a blocked address', async () => {
    const fetcher = createFetcher({ timeoutMs: 1000, maxBytes: 1000, userAgent: 'Plumbline/test' })
    const blocked = fetcher.fetch({ upstream: 'my-gpu', url: 'http://localhost:1/v1/models?key=x' })
    await expect(blocked).rejects.toMatchObject({
      message: expect.stringMatching(
        /^my-gpu: http:\/\/localhost:1\/v1\/models leads to (127\.0\.0\.1|::1), which may not be reached\.$/,
      ),
      nextStep: expect.stringContaining('PLUMBLINE_UPSTREAM_MY_GPU_URL'),
      retryable: false,
    })
    await fetcher.close()
  })
})
