import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import { componentKey, flatAmount, type PriceSheet } from '../../src/catalog/price.ts'
import { isJsonObject, parseJson } from '../../src/json.ts'
import type { ReadPayload } from '../support/catalog-of.ts'
import { genaiPrices } from '../../src/upstreams/genai-prices.ts'
import { genaiPricesProviders } from '../../src/upstreams/genai-prices-providers.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

const fixture = readFileSync(
  new URL('../fixtures/upstreams/genai-prices.json', import.meta.url),
  'utf8',
)

function find({ slices }: ReadPayload, provider: string, modelId: string): Listing | undefined {
  return slices.get(provider)?.listings.find((listing) => listing.modelId === modelId)
}

function count({ slices }: ReadPayload): number {
  return [...slices.values()].reduce((sum, { listings }) => sum + listings.length, 0)
}

function amounts(prices: PriceSheet | undefined): Record<string, string> {
  return Object.fromEntries(
    (prices?.components ?? []).map((one) => [componentKey(one), one.amount]),
  )
}

describe('an entry of genai-prices', () => {
  const snapshot = readPayload(genaiPrices, fixture)
  const read = (modelId: string) => find(snapshot, 'xai', modelId)

  it('gives amounts per million tokens, per piece and per hour', () => {
    expect(amounts(read('seer-1')?.prices)).toEqual({
      input: '0.2',
      'input;tier=128000': '0.4',
      output: '1.5',
      cache_read: '0.02',
      'cache_write;ttl=1h': '0.6',
      'request;unit=each': '0.014',
      'web_search;unit=each': '0.005',
      'input_audio_time;unit=hour': '0.36',
    })
  })

  it('gives its fields and keeps the rest', () => {
    expect(read('seer-1')).toMatchObject({
      fields: {
        name: 'Seer 1',
        description: 'Sees.',
        contextWindow: 256_000,
        stage: 'deprecated',
      },
      extra: {
        match: { or: [{ equals: 'seer-1' }] },
        price_comments: 'From the page.',
        prices: { storage_searches_kcount: { text: '2.5' } },
      },
    })
  })

  it('has a price for hours of the day beside the one for all others', () => {
    expect(amounts(read('seer-day-and-night')?.prices)).toEqual({
      input: '0.135',
      'input;window=@00:30-16:30': '0.27',
    })
  })

  it('ends each price where the next one begins', () => {
    expect(amounts(read('seer-cheaper')?.prices)).toEqual({
      'input;until=2025-06-10': '10',
      'input;from=2025-06-10;until=2026-01-01': '2',
      'input;from=2026-01-01': '1',
    })
  })

  it('has no price where a condition is not understood', () => {
    const listing = read('seer-on-the-moon')
    expect(listing?.prices).toEqual({ components: [] })
    expect(listing?.extra['prices']).toHaveLength(2)
  })

  it('belongs to a canonical provider, whose facts are kept', () => {
    expect(snapshot.slices.get('xai')?.facts).toEqual({
      name: 'X AI',
      extra: {
        id: 'x-ai',
        pricing_urls: ['https://example.com/prices'],
        api_pattern: 'https://api\\.example\\.com',
      },
    })
  })

  it('names the host where Hugging Face sells one model through several', () => {
    const slice = snapshot.slices.get('huggingface')
    expect(slice?.listings.map(({ modelId }) => modelId)).toEqual([
      'acme/thinker:groq',
      'acme/thinker:novita',
    ])
    expect(slice?.facts.extra).toMatchObject({
      hosts: { groq: { name: 'HuggingFace (groq)' }, novita: { name: 'HuggingFace (novita)' } },
    })
    expect(find(snapshot, 'huggingface', 'acme/thinker:groq')?.extra['id']).toBe('acme/thinker')
  })

  it('has the id under which its provider serves it, and keeps its own', () => {
    const models = [{ id: 'GLM-5.2' }, { id: 'GLM-6' }, { id: 'glm-6' }]
    const read = readPayload(genaiPrices, JSON.stringify([{ id: 'zai', models }]))
    expect(read.slices.get('zai')?.listings.map(({ modelId, extra }) => [modelId, extra])).toEqual([
      ['GLM-6', {}],
      ['glm-5.2', { id: 'GLM-5.2' }],
      ['glm-6', {}],
    ])
    const path = 'accounts/fireworks/routers/m-fast'
    const fireworks = [
      { id: 'm-fast', match: { or: [{ equals: path }, { equals: `${path}-us` }] } },
      { id: 'both', match: { or: [{ equals: 'accounts/both' }, { equals: 'both' }] } },
      { id: 'two', match: { or: [{ equals: 'a/two' }, { equals: 'b/two' }] } },
    ]
    const paths = readPayload(genaiPrices, JSON.stringify([{ id: 'fireworks', models: fireworks }]))
    expect(paths.slices.get('fireworks-ai')?.listings.map(({ modelId }) => modelId)).toEqual([
      path,
      'both',
      'two',
    ])
    const other = [{ id: 'minimax', models: [{ id: 'minimax-m3' }] }]
    expect(
      find(readPayload(genaiPrices, JSON.stringify(other)), 'minimax', 'MiniMax-M3'),
    ).toBeDefined()
  })

  it('of OpenRouter that is there with and without its maker is one, and matches both names', () => {
    const prices = { input_mtok: 8, output_mtok: 24 }
    const models = [
      { id: 'acme/alpha', match: { equals: 'acme/alpha' }, prices },
      { id: 'alpha', name: 'Alpha', match: { equals: 'alpha' }, prices },
      { id: 'acme/beta', prices },
      { id: 'beta', prices: { ...prices, input_mtok: 9 } },
      { id: 'acme/gamma', prices },
      { id: 'other/gamma', prices },
      { id: 'gamma', prices },
      { id: 'delta', prices },
    ]
    const read = readPayload(genaiPrices, JSON.stringify([{ id: 'openrouter', models }]))
    expect(read.slices.get('openrouter')?.listings.map(({ modelId }) => modelId)).toEqual([
      'acme/alpha',
      'acme/beta',
      'acme/gamma',
      'beta',
      'delta',
      'gamma',
      'other/gamma',
    ])
    expect(find(read, 'openrouter', 'acme/alpha')).toMatchObject({
      fields: { name: 'Alpha' },
      extra: { other_id: 'alpha', match: { or: [{ equals: 'acme/alpha' }, { equals: 'alpha' }] } },
    })
    const elsewhere = readPayload(genaiPrices, JSON.stringify([{ id: 'groq', models }]))
    expect(elsewhere.slices.get('groq')?.listings).toHaveLength(models.length)
  })

  it('with tiers of another shape is rejected', () => {
    const models = [{ id: 'm', prices: { input_mtok: { base: 1, tiers: 'many' } } }]
    const { rejects } = readPayload(genaiPrices, JSON.stringify([{ id: 'openai', models }]))
    expect(rejects[0]).toMatchObject({ reason: 'invalid_field', entryId: 'm' })
  })
})

describe('the copy in the npm package', () => {
  it('is read like the list itself and gives over a thousand listings', async () => {
    const offline = await genaiPrices.offline()
    expect(offline.source).toMatch(/^the npm package @pydantic\/genai-prices \d+\.\d+\.\d+$/)
    const snapshot = readPayload(genaiPrices, offline.body)
    expect(snapshot.rejects).toEqual([])
    expect(count(snapshot)).toBeGreaterThan(1000)
    expect(offline.body).not.toContain('"type":"start_date"')
    const gpt4o = find(snapshot, 'openai', 'gpt-4o')
    expect(gpt4o && flatAmount(gpt4o.prices, 'input')).toBe('2.5')
  })

  // The package can only be asked by id: one that the table lacks would be missed without a word.
  it('has no provider that the table lacks', () => {
    const file = readFileSync(new URL(import.meta.resolve('@pydantic/genai-prices')), 'utf8')
    const ids = [...file.matchAll(/^    id: "([^"]+)",$/gm)].map(([, id = '']) => id)
    expect(ids.length).toBeGreaterThan(30)
    expect(ids.filter((id) => !Object.hasOwn(genaiPricesProviders, id))).toEqual([])
  })
})

const folder = 'upstreams/genai-prices'
const recorded = [
  ...sharedFiles(folder, '.json').map((file) => `${folder}/${file}`),
  ...sharedFiles(`${folder}/series`, '.gz').map((file) => `${folder}/series/${file}`),
]

describe.skipIf(!hasSharedData)(`what genai-prices published${sharedDataNote}`, () => {
  it.each(recorded)('becomes listings: %s', (file) => {
    const snapshot = readPayload(genaiPrices, readShared(file))
    expect(snapshot.rejects).toEqual([])
    expect(count(snapshot)).toBe(snapshot.entries)
    expect(snapshot.entries).toBeGreaterThan(650)
  })

  it('has the prices that the labs published', () => {
    const snapshot = readPayload(genaiPrices, readShared(`${folder}/2026-08-21.v2.data.json`))
    const flat = (provider: string, id: string) => {
      const prices = find(snapshot, provider, id)?.prices
      return prices && [flatAmount(prices, 'input'), flatAmount(prices, 'output')]
    }
    expect(flat('openai', 'gpt-4o')).toEqual(['2.5', '10'])
    expect(flat('anthropic', 'claude-sonnet-4-0')).toEqual(['3', '15'])
    expect(amounts(find(snapshot, 'openai', 'o3')?.prices)).toMatchObject({
      'input;until=2025-06-10': '10',
      'input;from=2025-06-10': '2',
    })
  })

  it('maps its providers to those of models.dev', () => {
    const tree = parseJson(readShared('models-dev/2026-09-04.api.json.gz'))
    const known = isJsonObject(tree) ? Object.keys(tree) : []
    const unknown = new Set(Object.values(genaiPricesProviders).filter((id) => !known.includes(id)))
    expect([...unknown].sort()).toEqual([
      'avian',
      'cursor',
      'doubleword',
      'quicksilverpro',
      'typesafe',
      'voyage',
    ])
  })
})
