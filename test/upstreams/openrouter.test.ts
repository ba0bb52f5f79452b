import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import { componentKey, flatAmount, priceState, type PriceSheet } from '../../src/catalog/price.ts'
import { openrouter } from '../../src/upstreams/openrouter.ts'
import type { Page } from '../../src/upstreams/upstream.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

const fixture = readFileSync(
  new URL('../fixtures/upstreams/openrouter.json', import.meta.url),
  'utf8',
)

function listings(body: string): Map<string, Listing> {
  const slice = readPayload(openrouter, body).slices.get('openrouter')
  return new Map(slice?.listings.map((listing) => [listing.modelId, listing]))
}

function amounts({ components }: PriceSheet): Record<string, string> {
  return Object.fromEntries(components.map((one) => [componentKey(one), one.amount]))
}

describe('an entry of openrouter', () => {
  const byId = listings(fixture)
  const thinker = byId.get('acme/thinker-2')

  it('gives the limits that are served, not those of the model', () => {
    expect(thinker?.fields).toMatchObject({ contextWindow: 256_000, maxOutputTokens: 32_000 })
    expect(thinker?.extra['context_length']).toBe(400_000)
  })

  it('gives its dates and capabilities', () => {
    expect(thinker?.fields).toMatchObject({
      name: 'Acme: Thinker 2',
      type: 'chat',
      releaseDate: '2026-01-14',
      knowledgeCutoff: '2025-06-30',
      deprecatedAt: '2027-01-31',
      inputModalities: ['text', 'image', 'pdf'],
      outputModalities: ['text'],
      vision: true,
      audio: false,
      functionCalling: true,
      jsonMode: true,
      structuredOutput: false,
      reasoning: true,
      temperature: false,
    })
  })

  it('gives USD per million tokens, and per piece what is not counted in tokens', () => {
    expect(thinker && amounts(thinker.prices)).toEqual({
      input: '2.5',
      output: '10',
      reasoning: '10',
      cache_read: '0.25',
      cache_write: '3.125',
      'cache_write;ttl=1h': '5',
      input_audio: '40',
      output_audio: '80',
      cache_read_audio: '4',
      input_image: '2.5',
      output_image: '30',
      'web_search;unit=each': '0.01',
      'input;tier=200000': '5',
      'output;tier=200000': '15',
    })
  })

  it('keeps everything else under its own name', () => {
    expect(thinker?.extra).toMatchObject({
      canonical_slug: 'acme/thinker-2-20260114',
      hugging_face_id: 'acme/Thinker-2',
      created: 1768392000,
      architecture: { input_modalities: ['text', 'image', 'file'], tokenizer: 'Acme' },
      top_provider: { is_moderated: true },
      pricing: { request: '0', per_kelvin: '0.5' },
      supported_parameters: ['max_tokens', 'reasoning', 'response_format', 'tools'],
    })
    expect(thinker?.extra).not.toHaveProperty('per_request_limits')
  })

  it('is free where prompt and completion cost nothing, and says nothing where it lists nothing', () => {
    const free = byId.get('acme/thinker-2:free')
    expect(free && amounts(free.prices)).toEqual({ input: '0', output: '0' })
    expect(free?.fields).toEqual({ name: 'Acme: Thinker 2 (free)' })
  })

  it('is dynamic where it is a router', () => {
    const router = byId.get('openrouter/auto')
    expect(router?.prices).toEqual({ dynamic: true, components: [] })
    expect(router?.extra).not.toHaveProperty('pricing')
  })

  it('does not price an image whose unit cannot be told', () => {
    const old = byId.get('acme/old-eyes')
    expect(old && amounts(old.prices)).toEqual({ input: '3', output: '15' })
    expect(old?.extra['pricing']).toEqual({ image: '0.0048' })
  })

  it.each([['abc'], ['-2'], ['2500']])('with the price %s is rejected', (prompt) => {
    const body = JSON.stringify({ data: [{ id: 'a/b', pricing: { prompt } }] })
    expect(readPayload(openrouter, body).rejects[0]?.reason).toMatch(/^price_/)
  })
})

describe('the pages of openrouter', () => {
  const url = 'https://openrouter.ai/api/v1/models'

  async function ask(next: Record<string, unknown>): Promise<string[]> {
    const asked: string[] = []
    const fetchPage = async (address: string): Promise<Page> => {
      asked.push(address)
      return {
        url: address,
        body: JSON.stringify({ data: [], links: { next: next[address] ?? null } }),
      }
    }
    for await (const page of openrouter.pages(url, fetchPage)) expect(page.url).toBe(asked.at(-1))
    return asked
  }

  it('are one request while no next page is linked', async () => {
    expect(await ask({})).toEqual([url])
  })

  it('are followed, whether the link is whole or relative', async () => {
    const asked = await ask({ [url]: '?offset=500', [`${url}?offset=500`]: `${url}?offset=1000` })
    expect(asked).toEqual([url, `${url}?offset=500`, `${url}?offset=1000`])
  })

  it.each([
    ['a link that comes again', url],
    ['a link to another server', 'https://elsewhere.example/models'],
    ['a link that is none', 7],
  ])('end with an error at %s', async (_what, link) => {
    await expect(ask({ [url]: link })).rejects.toMatchObject({ code: 'payload_paging' })
  })
})

const recorded = [
  ...sharedFiles('upstreams/openrouter', '.gz').map((file) => `upstreams/openrouter/${file}`),
  ...sharedFiles('upstreams/openrouter/series', '.gz').map(
    (file) => `upstreams/openrouter/series/${file}`,
  ),
]

describe.skipIf(!hasSharedData)(`what openrouter served${sharedDataNote}`, () => {
  it.each(recorded)('becomes listings: %s', (file) => {
    const { rejects, entries } = readPayload(openrouter, readShared(file))
    expect(rejects).toEqual([])
    expect(entries).toBeGreaterThan(300)
  })

  it('has the prices that the labs published', () => {
    const byId = listings(readShared('upstreams/openrouter/series/2026-07-01.models.json.gz'))
    const flat = (id: string) => {
      const prices = byId.get(id)?.prices
      return prices && [flatAmount(prices, 'input'), flatAmount(prices, 'output')]
    }
    expect(flat('openai/gpt-4o')).toEqual(['2.5', '10'])
    expect(flat('anthropic/claude-sonnet-4.5')).toEqual(['3', '15'])
    const auto = byId.get('openrouter/auto')
    expect(auto && priceState(auto.prices)).toBe('dynamic')
  })
})
