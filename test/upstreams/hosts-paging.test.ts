/** Hosts whose lists come in pages. */
import { describe, expect, it } from 'vitest'
import { digitalocean } from '../../src/upstreams/digitalocean.ts'
import { featherless } from '../../src/upstreams/featherless.ts'
import { fireworks } from '../../src/upstreams/fireworks.ts'
import { together } from '../../src/upstreams/together.ts'
import type { FetchPage, Page, Upstream } from '../../src/upstreams/upstream.ts'
import { readPayload } from '../support/catalog-of.ts'

type Paged = Upstream & Required<Pick<Upstream, 'pages'>>

/** Answers to the queries, in order of the addresses asked. */
async function collect(
  { pages, url }: Paged,
  answer: (query: URLSearchParams) => unknown,
): Promise<{ pages: Page[]; asked: string[] }> {
  const asked: string[] = []
  const fetchPage: FetchPage = async (address) => {
    asked.push(address)
    return { url: address, body: JSON.stringify(answer(new URL(address).searchParams)) }
  }
  const collected: Page[] = []
  for await (const page of pages(url, fetchPage)) collected.push(page)
  return { pages: collected, asked }
}

const rows = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => ({ id: `${prefix}-${index}` }))

describe('Featherless', () => {
  it('is asked for 1,000 models at a time, as many pages as it says', async () => {
    const { asked } = await collect(featherless, (query) => ({
      data: rows(1000, `page-${query.get('page')}`),
      pagination: { total_pages: 3 },
    }))
    expect(asked).toEqual([1, 2, 3].map((page) => `${featherless.url}?per_page=1000&page=${page}`))
  })

  it('ends where its pages are empty, whatever it promises', async () => {
    const { asked } = await collect(featherless, (query) => ({
      data: query.get('page') === '3' ? [] : rows(1000, `page-${query.get('page')}`),
      pagination: { total_pages: 50 },
    }))
    expect(asked).toHaveLength(3)
  })

  it('ends with a page that is not full where it does not say how many there are', async () => {
    const { asked } = await collect(featherless, (query) => ({
      data: rows(query.get('page') === '2' ? 10 : 1000, `page-${query.get('page')}`),
    }))
    expect(asked).toHaveLength(2)
  })

  it('is refused when every page is the first one, and when the pages do not end', async () => {
    const error = { code: 'payload_paging' }
    await expect(collect(featherless, () => ({ data: rows(1000, 'same') }))).rejects.toMatchObject(
      error,
    )
    await expect(
      collect(featherless, (query) => ({
        data: [{ id: `m-${query.get('page')}` }],
        pagination: { total_pages: 1e6 },
      })),
    ).rejects.toMatchObject(error)
  })

  it('is one page of 20,000 models where a server knows no pages', async () => {
    const { pages, asked } = await collect(featherless, () => ({ data: rows(20_000, 'm') }))
    expect(asked).toHaveLength(1)
    const { entries, rejects } = readPayload(featherless, pages[0]?.body ?? '')
    expect({ entries, rejects }).toEqual({ entries: 20_000, rejects: [] })
  })
})

describe('DigitalOcean', () => {
  const page = (next: string | undefined) => ({ models: [], links: { pages: { next } } })

  it('links to the next page', async () => {
    const second = `${digitalocean.url}?page=2`
    const { asked } = await collect(digitalocean, (query) =>
      page(query.get('page') === '2' ? undefined : second),
    )
    expect(asked).toEqual([digitalocean.url, second])
  })

  it.each(['https://elsewhere.example/v2/gen-ai/models?page=2', 'http://[', digitalocean.url])(
    'is refused when the next page is %s',
    async (next) => {
      await expect(collect(digitalocean, () => page(next))).rejects.toMatchObject({
        code: 'payload_paging',
      })
    },
  )
})

describe('Fireworks', () => {
  it('joins the rows of one model from two pages', async () => {
    const row = { id: 'm', display_name: 'M' }
    const { pages } = await collect(fireworks, (query) =>
      query.get('pageToken') === 'second'
        ? { data: [{ ...row, service_tier: 'priority', pricing: [] }] }
        : { data: [{ ...row, score: 0.1 }], nextPageToken: 'second' },
    )
    expect(pages.map(({ body }) => body)).toHaveLength(1)
    const { slices, rejects } = readPayload(fireworks, pages[0]?.body ?? '')
    expect(rejects).toEqual([])
    expect(slices.get('fireworks-ai')?.listings).toMatchObject([
      { modelId: 'm', extra: { score: { text: '0.1' } } },
    ])
  })
})

describe('Together', () => {
  it('is a bare list, or pages with a cursor', async () => {
    expect((await collect(together, () => [{ id: 'm' }])).asked).toEqual([together.url])
    const { asked } = await collect(together, (query) => ({
      data: [],
      next_cursor: query.has('after') ? null : 'a/b',
    }))
    expect(asked).toEqual([together.url, `${together.url}?after=a%2Fb`])
    await expect(
      collect(together, () => ({ data: [], next_cursor: 'same' })),
    ).rejects.toMatchObject({ code: 'payload_paging' })
  })
})
