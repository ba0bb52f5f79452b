import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import { priceState } from '../../src/catalog/price.ts'
import { PlumblineError } from '../../src/errors.ts'
import { ollama } from '../../src/upstreams/ollama.ts'
import type { FetchPage, Page } from '../../src/upstreams/upstream.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote } from '../support/shared-data.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/upstreams/${name}.json`, import.meta.url), 'utf8')
const shows: Record<string, string> = {
  'seer:7b': fixture('ollama-show'),
  'vectors:latest':
    '{"capabilities": ["embedding"], "model_info": {"general.architecture": "bert"}}',
}

const server: FetchPage = async (url, { method = 'GET', body = '' } = {}) => {
  if (method === 'GET' && url === 'http://gpu:11434/api/tags')
    return { url, body: fixture('ollama-tags') }
  const show = Object.entries(shows).find(([model]) => body === JSON.stringify({ model }))
  if (method === 'POST' && url === 'http://gpu:11434/api/show' && show)
    return { url, body: show[1] }
  throw new PlumblineError('http_not_found', `There is no ${url}.`)
}

async function collect(fetchPage: FetchPage): Promise<Page[]> {
  const pages: Page[] = []
  for await (const page of ollama.pages('http://gpu:11434/', fetchPage)) pages.push(page)
  return pages
}

function listings(body: string): Map<string, Listing> {
  const slice = readPayload(ollama, body).slices.get('ollama')
  return new Map(slice?.listings.map((listing) => [listing.modelId, listing]))
}

describe('a collect of ollama', () => {
  it('is one page of tags, each with what was shown of it', async () => {
    const pages = await collect(server)
    expect(pages).toHaveLength(1)
    const byId = listings(pages[0]?.body ?? '')
    expect([...byId.keys()]).toEqual(['gone:1b', 'seer:7b', 'vectors:latest'])
    expect(byId.get('seer:7b')?.fields).toEqual({
      family: 'seer',
      contextWindow: 131_072,
      type: 'chat',
      functionCalling: true,
      vision: true,
      reasoning: false,
    })
    expect(byId.get('vectors:latest')?.fields).toMatchObject({ family: 'bert', type: 'embedding' })
  })

  it('lists a model without its details where it cannot be shown', async () => {
    const [page] = await collect(server)
    expect(listings(page?.body ?? '').get('gone:1b')?.fields).toEqual({})
  })

  it('keeps every digit', async () => {
    const [page] = await collect(server)
    expect(page?.body).toContain('0.30000000000000000004')
    expect(page?.body).toContain('"seer.rope.freq_base":10000.5')
  })

  it('keeps what a person wrote into a model on their machine', async () => {
    const [page] = await collect(server)
    expect(page?.body).not.toMatch(/butler|somebody|licence|Prompt|tokenizer/)
  })

  it('knows no price, which is not a price of 0', async () => {
    const [page] = await collect(server)
    for (const { prices } of listings(page?.body ?? '').values())
      expect(priceState(prices)).toBe('unknown')
  })

  it('fails where the list itself cannot be had', async () => {
    await expect(
      collect(async () => {
        throw new PlumblineError('fetch_refused', 'Nobody listens.')
      }),
    ).rejects.toMatchObject({ code: 'fetch_refused' })
  })

  it('stops when it is cancelled between two models', async () => {
    await expect(
      collect(async (url, init) => {
        if (init?.method === 'POST') throw new PlumblineError('cancelled', 'Enough.')
        return server(url, init)
      }),
    ).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('asks for the details of 500 models and lists the others without', async () => {
    const models = Array.from({ length: 510 }, (_, index) => ({ name: `model-${index}` }))
    let shown = 0
    const [page] = await collect(async (url, init) => {
      if (init?.method !== 'POST') return { url, body: JSON.stringify({ models }) }
      shown++
      return { url, body: '{"capabilities": ["completion"]}' }
    })
    expect(shown).toBe(500)
    expect(listings(page?.body ?? '').size).toBe(510)
  })
})

it.skipIf(!hasSharedData)(`reads a recorded list of tags${sharedDataNote}`, () => {
  const byId = listings(readShared('upstreams/ollama/fixture.api-tags.json'))
  expect(byId.size).toBe(3)
  expect(byId.get('gemma3:latest')?.fields.family).toBe('gemma3')
})
