import { xml2js, type ElementCompact } from 'xml-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'
import { setAccess } from './set-access.ts'

const gpt: LabModel = {
  provider: 'openai',
  id: 'gpt-5',
  name: 'GPT-5',
  input: '1.25',
  output: '10',
}
const old: LabModel = { provider: 'openai', id: 'gpt-4', name: 'gpt-4', input: '30' }
const claude: LabModel = { provider: 'anthropic', id: 'claude', name: 'Claude', input: '3' }
/** What a hostile upstream would send. */
const hostile: LabModel = {
  provider: 'evil<&">',
  id: `<script>alert("x")</script>&amp;]]>'\ufffe`,
  name: '</title><b>]]>&lt;',
  input: '1',
}

let api: TestApi
beforeAll(async () => {
  api = await openApi([gpt, old, claude])
  await api.list([
    { ...gpt, input: '1' },
    { ...old, deprecatedAt: '2027-01-01', replacedBy: 'gpt-5' },
    claude,
  ])
  await api.list([
    { ...gpt, input: '1', output: '8' },
    { ...claude, input: '2', output: '9' },
    hostile,
  ])
})
afterAll(() => api.close())

const JsonFeed = z.object({
  version: z.literal('https://jsonfeed.org/version/1'),
  title: z.string(),
  home_page_url: z.url(),
  feed_url: z.url(),
  items: z.array(
    z.object({
      id: z.string().regex(/^urn:plumbline:change:\d+$/),
      url: z.url(),
      title: z.string().min(1),
      content_html: z.string().min(1),
      date_modified: z.iso.datetime(),
      date_published: z.iso.datetime(),
      tags: z.array(z.string()),
    }),
  ),
})

async function jsonFeed(query = ''): Promise<z.infer<typeof JsonFeed>> {
  const { status, type, json } = await api.get(`/feed.json${query}`)
  expect([status, type]).toEqual([200, 'application/feed+json; charset=utf-8'])
  return JsonFeed.parse(json)
}

const titles = async (query = '') => (await jsonFeed(query)).items.map(({ title }) => title)

const hostileTitle =
  `evil<&">/<script>alert("x")</script>&amp;]]>'\ufffd: new model (</title><b>]]>&lt;), ` +
  'input price 1.00 USD per million tokens'

describe('the feed', () => {
  it('tells in words what is new, newest first', async () => {
    const told = await titles()
    expect(told.slice(0, 4).toSorted()).toEqual([
      'anthropic/claude: input price 3.00 → 2.00 USD per million tokens (−33 %); output price 9.00 USD per million tokens',
      hostileTitle,
      'openai/gpt-4: retired',
      'openai/gpt-5: output price 10.00 → 8.00 USD per million tokens (−20 %)',
    ])
    expect(told.slice(4, 6).toSorted()).toEqual([
      'openai/gpt-4: deprecated from 2027-01-01, replaced by gpt-5',
      'openai/gpt-5: input price 1.25 → 1.00 USD per million tokens (−20 %)',
    ])
    expect(told.slice(6).toSorted()).toEqual([
      'anthropic/claude: new model (Claude), input price 3.00 USD per million tokens',
      'openai/gpt-4: new model, input price 30.00 USD per million tokens',
      'openai/gpt-5: new model (GPT-5), input price 1.25 USD per million tokens, output price 10.00 USD per million tokens',
    ])
  })

  it.each([
    ['?kind=retired', ['openai/gpt-4: retired']],
    ['?kind=new&provider=anthropic', [expect.stringContaining('new model (Claude)')]],
    ['?kind=price,deprecated&provider=openai&limit=1', [expect.stringContaining('gpt-5: output')]],
    ['?provider=nobody', []],
    ['?kind=returned', []],
  ])('keeps to %s', async (query, expected) => {
    expect(await titles(query)).toEqual(expected)
  })

  it('gives every item an id of its own that stays', async () => {
    const { items } = await jsonFeed()
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
    const before = items.map(({ id, title }) => `${id} ${title}`)
    await api.list([
      { ...gpt, input: '1', output: '8' },
      { ...claude, input: '1', output: '9' },
      hostile,
    ])
    const [first, ...rest] = (await jsonFeed()).items.map(({ id, title }) => `${id} ${title}`)
    expect(first).toContain('input price 2.00 → 1.00')
    expect(rest).toEqual(before)
  })

  it('links to the model under the public address', async () => {
    const { items, home_page_url: home, feed_url: own } = await jsonFeed('?kind=retired')
    expect([home, own, items[0]?.url]).toEqual([
      'https://plumbline.example/catalog/',
      'https://plumbline.example/catalog/feed.json?kind=retired',
      'https://plumbline.example/catalog/api/v1/models/openai%2Fgpt-4',
    ])
  })

  it('leaves out models that are not there for the caller', async () => {
    await setAccess(api.db, 'anthropic/claude', { tiers: ['pro'] })
    await api.settle()
    expect((await titles()).filter((title) => title.startsWith('anthropic'))).toEqual([])
    await setAccess(api.db, 'anthropic/claude', { tiers: [] })
    await api.settle()
    expect((await titles('?provider=anthropic')).length).toBeGreaterThan(1)
  })

  it('has validators of its own, and is 304 for who has it', async () => {
    for (const path of ['/feed.atom', '/feed.json?provider=openai']) {
      const { headers } = await fetch(api.url + path)
      const etag = headers.get('etag') ?? ''
      expect(etag).toMatch(/^"/)
      const again = await fetch(api.url + path, { headers: { 'if-none-match': etag } })
      expect([again.status, await again.text()]).toEqual([304, ''])
    }
  })

  it.each(['kind=gold', 'limit=0', 'limit=201', 'since=1'])('refuses %s', async (query) => {
    expect(await api.get(`/feed.atom?${query}`)).toMatchObject({
      status: 400,
      json: { code: 'invalid_argument' },
    })
  })
})

describe('the Atom feed', () => {
  interface Entry {
    id: ElementCompact
    title: ElementCompact
    updated: ElementCompact
    link: ElementCompact
    content: ElementCompact
    category: ElementCompact[]
  }

  async function atom(query = '') {
    const { status, type, body } = await api.get(`/feed.atom${query}`)
    expect([status, type]).toEqual([200, 'application/atom+xml; charset=utf-8'])
    const { feed } = xml2js(body, { compact: true }) as {
      feed: ElementCompact & { entry: Entry[] }
    }
    return { body, feed }
  }

  it('is well-formed, whatever upstreams have sent', async () => {
    const { body } = await atom()
    // oxlint-disable-next-line no-control-regex
    expect(body).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
    const outsideOfText = body.replaceAll(/<!\[CDATA\[.*?\]\]>/gs, '')
    expect(outsideOfText).not.toMatch(/="[^"]*</)
    expect(outsideOfText).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/)
  })

  it('has what RFC 4287 asks of a feed and of its entries', async () => {
    const { feed } = await atom()
    expect(feed['_attributes']).toEqual({ xmlns: 'http://www.w3.org/2005/Atom' })
    for (const name of ['id', 'title', 'updated', 'author']) expect(feed).toHaveProperty(name)
    const { items } = await jsonFeed()
    expect(feed.entry.map(({ id }) => id['_text'])).toEqual(items.map(({ id }) => id))
    for (const entry of feed.entry)
      for (const name of ['id', 'title', 'updated', 'link', 'content'] as const)
        expect(entry).toHaveProperty(name)
  })

  it('has text of upstreams as text, not as markup', async () => {
    const { feed } = await atom('?kind=new')
    const entry = feed.entry.find(({ title }) => String(title['_cdata']).includes('evil'))
    const title = String(entry?.title['_cdata'])
    expect(title).not.toMatch(/[<>"]/)
    expect(unescape(title)).toBe(hostileTitle)
    const content = String(entry?.content['_cdata'])
    expect(content).toMatch(/^<p>evil/)
    expect(content.match(/<\/?[a-z]+>/g)?.filter((tag) => !/^<\/?(p|ul|li)>$/.test(tag))).toEqual(
      [],
    )
    const [kind, provider] = entry?.category ?? []
    expect(kind?.['_attributes']).toMatchObject({ term: 'new' })
    expect(provider?.['_attributes']).toMatchObject({ term: 'evil%3C%26%22%3E' })
  })

  it('of a catalog in which nothing has happened is there, too', async () => {
    const empty = await openApi([])
    try {
      const { status, body } = await empty.get('/feed.atom')
      expect(status).toBe(200)
      expect(body).toContain('<updated>1970-01-01T00:00:00.000Z</updated>')
    } finally {
      await empty.close()
    }
  })
})

const unescape = (html: string) =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
