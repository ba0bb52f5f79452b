import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CatalogChangedEvent } from '../../src/events/events.ts'
import { range } from '../client/changes.ts'
import { followCatalog, type CatalogChange } from '../../src/client/index.ts'
import { recordNotice } from '../../src/history/notices.ts'
import { commitVersions } from '../events/outbox-fixture.ts'
import { Pool } from 'pg'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'
import { openEvents, type EventSourceClient } from './event-source.ts'
import { setAccess } from './set-access.ts'

const models: LabModel[] = ['a', 'b', 'c'].map((id) => ({
  provider: 'acme',
  id,
  name: `Model ${id}`,
  input: '1.25',
}))
const other: LabModel = { provider: 'other', id: 'x', name: 'Other', input: '1' }

let api: TestApi
let pool: Pool
const opened: EventSourceClient[] = []
beforeAll(async () => {
  api = await openApi([...models, other])
  pool = new Pool({ connectionString: api.databaseUrl, max: 2 })
  // Its connections end with the database.
  pool.on('error', () => undefined)
})
// News of a test before would be heard as more beats of the next one's streams.
beforeEach(() => api.settle())
afterEach(() => {
  for (const client of opened.splice(0)) client.close()
})
afterAll(async () => {
  await pool.end()
  await api.close()
})

const until = { timeout: 20_000 }

async function open(query = '', headers: Record<string, string> = {}): Promise<EventSourceClient> {
  const client = await openEvents(`${api.url}/api/v1/events${query}`, headers)
  opened.push(client)
  return client
}

/** Resolves when everything up to the newest version was sent to it. It may be told so several times. */
async function isCurrent({ blocks }: EventSourceClient, from: TestApi = api): Promise<void> {
  const head = String(await headOf(from))
  await expect
    .poll(() => blocks.some(({ comment, id }) => comment && id === head), until)
    .toBe(true)
}

/** Commits without announcing: as a process that died between the two. */
const commit = (count: number) => commitVersions(pool, count)

async function headOf({ db }: TestApi = api): Promise<number> {
  return Number((await db.catalogHead.findFirstOrThrow()).version)
}

function eventsOf({ blocks }: EventSourceClient): CatalogChangedEvent[] {
  return blocks.flatMap(({ event, data = '' }): CatalogChangedEvent[] =>
    event === 'plumbline.catalog.changed' ? [JSON.parse(data)] : [],
  )
}

describe('the event stream', () => {
  it('is a stream that nobody on the way keeps, and may be read by any page', async () => {
    const { status, headers } = await open('', { origin: 'https://example.org' })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
    expect(headers['content-encoding']).toBeUndefined()
  })

  it('begins with how to come back, and with the version that the client is at', async () => {
    const head = await headOf()
    const client = await open()
    await isCurrent(client)
    expect(client.blocks[0]?.retry).toMatch(/^[1-3]\d{3}$/)
    expect(client.blocks[1]).toEqual({
      comment: expect.stringMatching(/^heartbeat \d+$/),
      id: String(head),
    })
  })

  it('sends each commit as a CloudEvent under its version', async () => {
    const head = await headOf()
    const client = await open()
    await isCurrent(client)
    await api.list([...models.map((model) => ({ ...model, input: '1.5' })), other])
    await expect.poll(() => client.versions(), until).toEqual([head + 1])
    expect(eventsOf(client)).toEqual([
      {
        specversion: '1.0',
        id: String(head + 1),
        source: 'plumbline',
        type: 'plumbline.catalog.changed',
        time: expect.stringMatching(/^\d{4}-/),
        datacontenttype: 'application/json',
        subject: 'acme',
        data: {
          version: head + 1,
          upstream: 'lab',
          provider: 'acme',
          runId: expect.any(Number),
          added: [],
          updated: models.map(({ id }) => ({ id: `acme/${id}`, fields: ['price.input'] })),
          removed: [],
          truncated: false,
        },
      },
    ])
  })

  it('replays what came after a version, over more than one page, and goes on', async () => {
    const from = await headOf()
    const to = await commit(120)
    const byQuery = await open(`?since=${from}`)
    const byHeader = await open('?since=0', { 'last-event-id': String(from + 100) })
    await expect.poll(() => byQuery.versions().at(-1), until).toBe(to)
    await expect.poll(() => byHeader.versions().at(-1), until).toBe(to)
    await api.settle()
    await commit(2)
    await api.settle()
    await expect.poll(() => byQuery.versions().at(-1), until).toBe(to + 2)
    await expect.poll(() => byHeader.versions().at(-1), until).toBe(to + 2)
    expect(byQuery.versions()).toEqual(range(from + 1, to + 2))
    expect(byHeader.versions()).toEqual(range(from + 101, to + 2))
  })

  it('sends what is announced during a replay once and in order', async () => {
    const from = await headOf()
    await commit(150)
    const clients = [await open(`?since=${from}`)]
    for (let round = 0; round < 20; round++) {
      await commit(2)
      if (round % 4 === 0) clients.push(await open(`?since=${from}`))
      if (round % 3 === 0) await api.settle()
    }
    await api.settle()
    const to = await headOf()
    for (const client of clients) {
      await expect.poll(() => client.versions().at(-1), until).toBe(to)
      expect(client.versions()).toEqual(range(from + 1, to))
    }
  })

  it('keeps to a provider, and says how far that is complete', async () => {
    const from = await headOf()
    const client = await open(`?since=${from}&provider=other`)
    await api.list([...models, { ...other, input: '2' }])
    const to = await headOf()
    await expect.poll(() => client.blocks.at(-1)?.id, until).toBe(String(to))
    expect(eventsOf(client).map(({ data }) => [data.provider, data.updated])).toEqual([
      ['other', [{ id: 'other/x', fields: ['price.input'] }]],
    ])
  })

  it('beats as often as it is asked to', async () => {
    const client = await open('?heartbeat=1')
    const beats = () => client.blocks.filter(({ comment }) => comment?.startsWith('heartbeat '))
    await expect.poll(() => beats().length, until).toBeGreaterThanOrEqual(3)
    expect(new Set(beats().map(({ id }) => id))).toEqual(new Set([String(await headOf())]))
  })

  it.each([
    ['?since=-1', {}, 'since'],
    ['?since=x', {}, 'since'],
    ['?heartbeat=0', {}, 'heartbeat'],
    ['?heartbeat=61', {}, 'heartbeat'],
    ['?colour=red', {}, 'colour'],
    ['', { 'last-event-id': 'notice-3' }, 'Last-Event-ID'],
  ])('refuses %s %o', async (query, headers, named) => {
    const response = await fetch(`${api.url}/api/v1/events${query}`, { headers })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(named)
  })
})

describe('what cannot be told', () => {
  it('is a reset for a version that is not reached', async () => {
    const head = await headOf()
    const client = await open('?since=999999')
    await isCurrent(client)
    expect(client.blocks[1]).toMatchObject({ id: String(head), event: 'plumbline.catalog.reset' })
    expect(JSON.parse(client.blocks[1]?.data ?? '')).toMatchObject({
      type: 'plumbline.catalog.reset',
      data: { version: head, reason: 'rewound' },
    })
    expect(client.blocks[2]).toMatchObject({ id: String(head) })
    await commit(1)
    await api.settle()
    await expect.poll(() => client.versions(), until).toEqual([head + 1])
  })

  it('is a reset for versions that are not kept, and what follows them is sent', async () => {
    const from = await headOf()
    const to = await commit(10)
    await pool.query('DELETE FROM catalog_versions WHERE version BETWEEN $1 AND $2', [
      from + 1,
      from + 6,
    ])
    const client = await open(`?since=${from}`)
    await expect.poll(() => client.versions().at(-1), until).toBe(to)
    const [, reset] = client.blocks
    expect(reset).toMatchObject({ id: String(from + 6), event: 'plumbline.catalog.reset' })
    expect(reset?.data).toContain('"reason":"unreplayable"')
    expect(client.versions()).toEqual(range(from + 7, to))
  })
})

describe('a caller', () => {
  it('is told of models that its tier loses and gains, and not of others', async () => {
    const client = await open()
    await isCurrent(client)
    const from = await headOf()
    await setAccess(api.db, 'acme/b', { tiers: ['pro'] })
    await setAccess(api.db, 'acme/b', { review: 'disabled' })
    await setAccess(api.db, 'acme/b', { review: 'active' })
    await setAccess(api.db, 'acme/b', { tiers: [] })
    await api.settle()
    await expect.poll(() => client.versions().at(-1), until).toBe(from + 4)
    const told = eventsOf(client).map(({ data, subject }) => ({ ...data, subject }))
    const named = { provider: 'acme', subject: 'acme', updated: [] }
    const nothing = { provider: null, subject: undefined, added: [], updated: [], removed: [] }
    expect(told).toMatchObject([
      { ...named, removed: ['acme/b'], added: [] },
      nothing,
      nothing,
      { ...named, added: ['acme/b'], removed: [] },
    ])
    const replayed = await open(`?since=${from}`)
    await expect.poll(() => replayed.versions().at(-1), until).toBe(from + 4)
    expect(eventsOf(replayed).map(({ data }) => data)).toEqual(
      eventsOf(client).map(({ data }) => data),
    )
  })
})

describe('notices', () => {
  const hold = {
    holdId: 7,
    kind: 'value',
    upstream: 'lab',
    provider: 'acme',
    modelId: 'hidden-model',
    field: 'price.input',
    reason: 'price_jump',
    message: 'price.input of hidden-model from 1 to 100',
    runId: 3,
  } as const
  const failing = {
    upstream: 'lab',
    consecutiveFailures: 5,
    errorCode: 'fetch_refused',
    message: 'Nobody listens at 10.0.0.7.',
    lastSuccessAt: null,
  }
  const adminKey = 'the-bootstrap-key-of-this-test'
  let keyed: TestApi
  beforeAll(async () => {
    keyed = await openApi(models, { access: { adminApiKey: adminKey } })
  })
  afterAll(() => keyed.close())

  async function listen(query = '', headers: Record<string, string> = {}) {
    const client = await openEvents(`${keyed.url}/api/v1/events${query}`, headers)
    opened.push(client)
    await isCurrent(client, keyed)
    return client
  }

  const noticesOf = ({ blocks }: EventSourceClient) =>
    blocks.filter(({ event }) => /hold|upstream/.test(event ?? ''))

  it('are told as they are announced: all of them to admins, to others which upstream', async () => {
    await recordNotice(keyed.db, 'plumbline.upstream.failing', failing)
    await keyed.settle()
    const admin = await listen('', { 'x-api-key': adminKey })
    const reader = await listen()
    const ofProvider = await listen('?provider=acme')
    const adminOfProvider = await listen('?provider=acme', { 'x-api-key': adminKey })
    // They are told from where the clock of PostgreSQL was at the first look.
    await sleep(200)
    await recordNotice(keyed.db, 'plumbline.hold.opened', hold)
    await recordNotice(keyed.db, 'plumbline.upstream.failing', failing)
    await keyed.settle()
    await expect.poll(() => noticesOf(reader).length, until).toBe(2)
    await expect.poll(() => noticesOf(admin).length, until).toBe(2)
    await expect.poll(() => noticesOf(adminOfProvider).length, until).toBe(1)
    const [held, failed] = noticesOf(admin).map(({ data = '' }): unknown => JSON.parse(data))
    expect([held, failed]).toMatchObject([
      { type: 'plumbline.hold.opened', id: expect.stringMatching(/^notice-/), data: hold },
      { type: 'plumbline.upstream.failing', subject: 'lab', data: failing },
    ])
    const told = noticesOf(reader).map(({ data = '' }) => JSON.parse(data))
    expect(told).toMatchObject([{ subject: 'lab' }, { subject: 'lab' }])
    expect(told.map(({ data }) => data)).toEqual([{ upstream: 'lab' }, { upstream: 'lab' }])
    expect(JSON.stringify(reader.blocks)).not.toMatch(/hidden|10\.0\.0\.7|acme\/hidden/)
    expect(noticesOf(ofProvider)).toEqual([])
  })

  it('leave the place of a client among the versions as it is', async () => {
    const head = await headOf(keyed)
    // Nobody listens: nobody is told of this one, now or later.
    const streams = async () => (await keyed.scrape()).get('plumbline_event_streams')
    await expect.poll(streams, until).toBe(0)
    await recordNotice(keyed.db, 'plumbline.upstream.failing', failing)
    await keyed.settle()
    const client = await listen(`?since=${head}`)
    const changes: CatalogChange[] = []
    const follower = await followCatalog({
      url: keyed.url,
      sinceVersion: head,
      onChange: (change) => void changes.push(change),
    })
    await sleep(200)
    await recordNotice(keyed.db, 'plumbline.hold.opened', hold)
    await keyed.list([...models, other])
    await recordNotice(keyed.db, 'plumbline.upstream.failing', failing)
    await keyed.settle()
    await expect.poll(() => noticesOf(client).length, until).toBe(2)
    await expect.poll(() => follower.version, until).toBe(head + 1)
    expect(noticesOf(client).every((block) => !('id' in block))).toBe(true)
    expect(client.versions()).toEqual([head + 1])
    expect(changes).toMatchObject([{ type: 'changed', version: head + 1 }])
    await follower.close()
  })
})

describe('streams', () => {
  const samples = async () => {
    const scraped = await api.scrape()
    const ended = (reason: string) =>
      scraped.get(`plumbline_event_streams_ended_total{reason="${reason}"}`) ?? 0
    return { open: scraped.get('plumbline_event_streams') ?? 0, ended }
  }

  it('are counted while they are open', async () => {
    await expect.poll(async () => (await samples()).open, until).toBe(0)
    const before = (await samples()).ended('client')
    const client = await open()
    await expect.poll(async () => (await samples()).open, until).toBe(1)
    client.close()
    await expect.poll(async () => (await samples()).open, until).toBe(0)
    expect((await samples()).ended('client')).toBe(before + 1)
    const scraped = await api.scrape()
    expect([...scraped.keys()].filter((name) => /http_request.*events/.test(name))).toEqual([])
  })

  it('survive the limits of ordinary requests', async () => {
    const client = await open('?heartbeat=60')
    await sleep(11_000)
    const to = await commit(1)
    await api.settle()
    await expect.poll(() => client.versions(), until).toEqual([to])
  })

  it('are bounded in number', async () => {
    const small = await openApi([], { apiMaxStreams: 2 })
    try {
      const url = `${small.url}/api/v1/events`
      const [first, second] = [await openEvents(url), await openEvents(url)]
      const third = await fetch(url)
      expect([third.status, third.headers.get('retry-after')]).toEqual([503, '5'])
      expect(await third.json()).toMatchObject({ code: 'too_many_streams' })
      first.close()
      await expect.poll(async () => statusOf(url), until).toBe(200)
      second.close()
    } finally {
      await small.close()
    }
  })

  it('end at once when the process stops, read or not', async () => {
    const stopped = await openApi(models, { closeWithinMs: 20_000 })
    const stoppedPool = new Pool({ connectionString: stopped.databaseUrl, max: 1 })
    stoppedPool.on('error', () => undefined)
    try {
      const clients = await Promise.all(
        range(1, 20).map(() => openEvents(`${stopped.url}/api/v1/events`)),
      )
      await commitLarge(stoppedPool, 300)
      const stuck = await openEvents(`${stopped.url}/api/v1/events?since=0`)
      stuck.pause()
      const startedAt = performance.now()
      await stopped.stopServing()
      expect(performance.now() - startedAt).toBeLessThan(3000)
      for (const client of clients) await expect.poll(() => client.isEnded(), until).toBe(true)
    } finally {
      await stoppedPool.end()
      await stopped.close()
    }
  })
})

async function statusOf(url: string): Promise<number> {
  const client = await openEvents(url)
  client.close()
  return client.status
}

/** Versions whose events have 100 KB each. */
async function commitLarge(on: Pool, count: number): Promise<void> {
  await on.query(
    `WITH head AS (UPDATE catalog_head SET version = version + $1 RETURNING version)
     INSERT INTO catalog_versions (version, commit_id, provider, data)
     SELECT n, nextval('commit_seq'), 'acme', jsonb_build_object('truncated', false, 'added', '[]'::jsonb, 'removed', '[]'::jsonb, 'updated',
       jsonb_build_array(jsonb_build_object('id', 'acme/a', 'fields', jsonb_build_array(repeat('x', 100000)))))
     FROM head, generate_series(head.version - $1 + 1, head.version) AS n`,
    [count],
  )
}
