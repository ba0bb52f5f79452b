/** The labs' own lists, recorded where somebody recorded them and otherwise made by hand as documented. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import { componentKey, priceState } from '../../src/catalog/price.ts'
import { PlumblineError } from '../../src/errors.ts'
import { ai21 } from '../../src/upstreams/ai21.ts'
import { alibabaCn } from '../../src/upstreams/alibaba-cn.ts'
import { alibaba } from '../../src/upstreams/alibaba.ts'
import { anthropic } from '../../src/upstreams/anthropic.ts'
import { cohere } from '../../src/upstreams/cohere.ts'
import { deepseek } from '../../src/upstreams/deepseek.ts'
import { googleVertex } from '../../src/upstreams/google-vertex.ts'
import { google } from '../../src/upstreams/google.ts'
import { llama } from '../../src/upstreams/llama.ts'
import { meta } from '../../src/upstreams/meta.ts'
import { minimax } from '../../src/upstreams/minimax.ts'
import { mistral } from '../../src/upstreams/mistral.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { moonshotai } from '../../src/upstreams/moonshotai.ts'
import { openai } from '../../src/upstreams/openai.ts'
import { perplexity } from '../../src/upstreams/perplexity.ts'
import type { FetchPage, Page, Upstream } from '../../src/upstreams/upstream.ts'
import { xai } from '../../src/upstreams/xai.ts'
import { xiaomi } from '../../src/upstreams/xiaomi.ts'
import { zai } from '../../src/upstreams/zai.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

const fixture = (id: string) =>
  readFileSync(new URL(`../fixtures/upstreams/${id}.json`, import.meta.url), 'utf8')

function listingsOf(upstream: Upstream, body: string): Map<string, Listing> {
  const listings = [...readPayload(upstream, body).slices.values()].flatMap((s) => s.listings)
  return new Map(listings.map((listing) => [listing.modelId, listing]))
}

describe.skipIf(!hasSharedData)(`what the labs answered${sharedDataNote}`, () => {
  it('has Anthropic’s limits, which are those of models.dev', () => {
    const stated = listingsOf(
      anthropic,
      readShared('upstreams/anthropic/2026-07-28.models-data.json'),
    )
    const reference = referenceListings('anthropic')
    for (const id of ['claude-opus-5', 'claude-sonnet-5', 'claude-haiku-4-5-20251001']) {
      const { contextWindow, maxOutputTokens } = reference.get(id)?.fields ?? {}
      expect(stated.get(id)?.fields).toMatchObject({ contextWindow, maxOutputTokens })
    }
    expect(stated.get('claude-haiku-4-5-20251001')).toMatchObject({
      fields: {
        name: 'Claude Haiku 4.5',
        releaseDate: '2025-10-15',
        vision: true,
        reasoning: true,
        structuredOutput: true,
        inputModalities: ['text', 'image', 'pdf'],
      },
      extra: { capabilities: { effort: { supported: false } } },
    })
  })

  it('has every alias of Mistral’s as a row that names its model', () => {
    const stated = listingsOf(mistral, readShared('upstreams/mistral/2025-07-25.mistral.json'))
    expect(stated.get('mistral-large-latest')?.extra).toMatchObject({
      name: 'mistral-large-2411',
      aliases: ['mistral-large-2411'],
    })
    expect(stated.get('mistral-large-2411')?.extra).toMatchObject({
      aliases: ['mistral-large-latest'],
    })
    expect(stated.get('mistral-large-2411')?.extra).not.toHaveProperty('name')
    expect(stated.get('pixtral-12b')?.fields).toEqual({
      type: 'chat',
      contextWindow: 131_072,
      functionCalling: true,
      vision: true,
    })
    for (const { extra } of stated.values()) expect(extra).not.toHaveProperty('created')
  })

  it('has Cohere’s kinds of models', () => {
    const stated = listingsOf(cohere, readShared('upstreams/cohere/2025-07-25.cohere.json'))
    const types = new Map([...stated].map(([id, { fields }]) => [id, fields.type]))
    expect(types.get('embed-v4.0')).toBe('embedding')
    expect(types.get('rerank-v3.5')).toBe('rerank')
    expect(types.get('command-r-08-2024')).toBe('chat')
    expect(stated.get('command-a-vision')?.fields).toMatchObject({
      vision: true,
      functionCalling: false,
      structuredOutput: true,
    })
  })

  it('has AI21’s windows and months', () => {
    const stated = listingsOf(ai21, readShared('upstreams/ai21/2025-07-25.ai21.json'))
    expect(stated.get('jamba-large-1.7-2025-07')).toMatchObject({
      fields: { contextWindow: 256_000, maxOutputTokens: 4096, lastUpdated: '2025-07' },
      extra: { quantization: 'FP8' },
    })
  })

  it('has no date for a Llama, whose `created` is a placeholder', () => {
    const stated = listingsOf(llama, readShared('upstreams/llama/2025-07-25.meta.json'))
    for (const { fields } of stated.values()) expect(fields).toEqual({})
  })
})

function referenceListings(provider: string): Map<string, Listing> {
  const newest = sharedFiles('models-dev', '.json.gz').at(-1) ?? ''
  const slice = readPayload(modelsDev, readShared(`models-dev/${newest}`)).slices.get(provider)
  return new Map(slice?.listings.map((listing) => [listing.modelId, listing]))
}

function amounts(listing: Listing | undefined): Record<string, string> {
  const components = listing?.prices.components ?? []
  return Object.fromEntries(components.map((one) => [componentKey(one), one.amount]))
}

describe('ids alone', () => {
  it.each([
    [deepseek, 'deepseek', ['deepseek-v4-flash', 'deepseek-v4-pro']],
    [meta, 'meta', ['muse-spark-1.3']],
    [minimax, 'minimax', ['MiniMax-M2.5']],
    [xiaomi, 'xiaomi', ['mimo-v2-flash']],
    [zai, 'zai', ['glm-4.6', 'glm-5']],
  ])('are what $id states', (upstream, provider, ids) => {
    const { slices, rejects } = readPayload(upstream, fixture(upstream.id))
    expect(rejects).toEqual([])
    expect([...slices.keys()]).toEqual([provider])
    const listings = slices.get(provider)?.listings ?? []
    expect(listings.map(({ modelId }) => modelId)).toEqual(ids)
    for (const { prices } of listings) expect(priceState(prices)).toBe('unknown')
  })

  it('go to Perplexity’s agent API where they name another lab', () => {
    const { slices } = readPayload(perplexity, fixture('perplexity'))
    expect([...slices].map(([id, { listings }]) => [id, listings.length])).toEqual([
      ['perplexity-agent', 2],
      ['perplexity', 1],
    ])
  })

  it('have the day on which OpenAI switches them off', () => {
    const entry = { id: 'gpt-4', created: 1_687_882_411, shutdown_date: '2026-10-23' }
    const listing = listingsOf(openai, JSON.stringify({ data: [entry] })).get('gpt-4')
    expect(listing?.fields).toEqual({ releaseDate: '2023-06-27', deprecatedAt: '2026-10-23' })
    expect(listing?.extra).toEqual({ created: 1_687_882_411 })
  })
})

describe('Google', () => {
  it('states limits of what goes in and out', () => {
    const stated = listingsOf(google, fixture('google'))
    expect(stated.get('gemini-2.5-flash')).toEqual({
      provider: 'google',
      modelId: 'gemini-2.5-flash',
      fields: {
        name: 'Gemini 2.5 Flash',
        description: 'Made by hand for this test.',
        contextWindow: 1_048_576,
        maxInputTokens: 1_048_576,
        maxOutputTokens: 65_536,
        reasoning: true,
        temperature: true,
      },
      prices: { components: [] },
      extra: {
        version: '001',
        supportedGenerationMethods: ['generateContent', 'countTokens', 'batchGenerateContent'],
        temperature: 1,
        topP: expect.objectContaining({ text: '0.95' }),
        topK: 64,
        maxTemperature: 2,
      },
    })
    expect(stated.get('gemini-embedding-001')?.fields.type).toBe('embedding')
    expect(stated.get('veo-3.1-generate-preview')?.fields.type).toBe('video')
  })

  it('states the stage of a model at Vertex', () => {
    const stated = listingsOf(googleVertex, fixture('google-vertex'))
    expect(stated.get('gemini-3-flash-preview')?.fields).toEqual({ stage: 'PUBLIC_PREVIEW' })
    expect(stated.get('gemini-2.5-pro')?.extra['versionId']).toBe('default')
  })
})

it('calls what Cohere transcribes with as others call it', () => {
  const body = JSON.stringify({ models: [{ name: 'hears', endpoints: ['transcribe'] }] })
  expect(listingsOf(cohere, body).get('hears')?.fields).toEqual({ type: 'transcription' })
})

it('reads what Moonshot’s models take', () => {
  const stated = listingsOf(moonshotai, fixture('moonshotai'))
  expect(stated.get('kimi-k2.5')?.fields).toEqual({
    contextWindow: 262_144,
    vision: true,
    reasoning: true,
    inputModalities: ['text', 'image', 'video'],
  })
  expect(stated.get('moonshot-v1-8k')?.fields).toEqual({ contextWindow: 8192 })
})

describe('Alibaba', () => {
  it('prices ranges of the prompt as tiers, and keeps a row that it does not know', () => {
    const listing = listingsOf(alibaba, fixture('alibaba')).get('qwen3.6-plus')
    expect(amounts(listing)).toEqual({
      input: '0.5',
      'input;tier=256000': '2',
      output: '3',
      'output;tier=256000': '6',
      'cache_read;variant=explicit': '0.05',
      'cache_write;ttl=5m': '0.625',
    })
    expect(listing?.prices.currency).toBeUndefined()
    expect(listing?.extra['prices']).toEqual([
      {
        range_name: '256k<Input<=1m',
        prices: [expect.objectContaining({ type: 'something_new', price: '9' })],
      },
    ])
    expect(listing?.fields).toMatchObject({
      releaseDate: '2026-04-02',
      contextWindow: 1_000_000,
      maxOutputTokens: 65_536,
      inputModalities: ['text', 'image', 'video'],
      vision: true,
    })
  })

  it('prices in yuan in China, where units are written in Chinese', () => {
    const stated = listingsOf(alibabaCn, fixture('alibaba-cn'))
    expect(stated.get('qwen3-max')?.prices.currency).toBe('CNY')
    expect(amounts(stated.get('qwen3-max'))).toEqual({
      input: '2.5',
      'input;mode=batch': '1.25',
      'input;tier=32000': '4',
    })
    expect(amounts(stated.get('deepseek-v4-flash'))).toEqual({
      'input;variant=peak': '2',
      'input;variant=offpeak': '1',
    })
  })

  it('does not price another currency, nor a range that depends on the answer', () => {
    const { extra } = listingsOf(alibabaCn, fixture('alibaba-cn')).get('qwen3-max') ?? {}
    expect(extra?.['prices']).toEqual([
      { range_name: '32k<输入<=128k', prices: [expect.objectContaining({ price: '1' })] },
      { range_name: 'Input<=32k, Output<=1k', prices: [expect.objectContaining({ price: '8' })] },
    ])
  })
})

describe('xAI', () => {
  it('tells by kind what goes in and out', async () => {
    const [page, ...more] = await collect(xai, {
      'https://api.x.ai/v1/models': fixture('xai'),
      'https://api.x.ai/v1/language-models': JSON.stringify({
        models: [
          {
            id: 'grok-4.3',
            fingerprint: 'fp_1',
            version: '1.0',
            input_modalities: ['text', 'image'],
            output_modalities: ['text'],
          },
        ],
      }),
    })
    expect(more).toEqual([])
    expect(listingsOf(xai, page?.body ?? '').get('grok-4.3')).toMatchObject({
      fields: { type: 'chat', vision: true, contextWindow: 1_000_000 },
      extra: { aliases: ['grok-latest'], version: '1.0' },
    })
  })
})

/** What a collect yields of a server that answers at these addresses and nowhere else. */
async function collect(
  upstream: Pick<Upstream, 'url'> & Required<Pick<Upstream, 'pages'>>,
  bodies: Readonly<Record<string, string>>,
): Promise<Page[]> {
  const fetchPage: FetchPage = async (url) => {
    const body = bodies[url]
    if (body === undefined) throw new PlumblineError('http_not_found', `There is no ${url}.`)
    return { url, body }
  }
  const pages: Page[] = []
  for await (const page of upstream.pages(upstream.url, fetchPage)) pages.push(page)
  return pages
}

const paging = { code: 'payload_paging' }

describe('a list in pages', () => {
  it('is followed to its end by a cursor', async () => {
    const pages = await collect(anthropic, {
      'https://api.anthropic.com/v1/models?limit=1000':
        '{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}',
      'https://api.anthropic.com/v1/models?limit=1000&after_id=a':
        '{"data":[{"id":"b"}],"has_more":false,"last_id":"b"}',
    })
    expect(pages.map(({ body }) => body)).toHaveLength(2)
  })

  it.each([
    [google, 'pageToken', '{"models":[],"nextPageToken":"t"}', '{"models":[]}'],
    [
      googleVertex,
      'pageToken',
      '{"publisherModels":[],"nextPageToken":"t"}',
      '{"publisherModels":[]}',
    ],
    [
      cohere,
      'page_token',
      '{"models":[],"next_page_token":"t"}',
      '{"models":[],"next_page_token":""}',
    ],
  ])('of $id is followed by its token', async (upstream, parameter, first, last) => {
    const second = `${upstream.url}&${parameter}=t`
    expect(await collect(upstream, { [upstream.url]: first, [second]: last })).toHaveLength(2)
    await expect(
      collect(upstream, { [upstream.url]: first, [second]: first }),
    ).rejects.toMatchObject(paging)
  })

  it('that promises more without a cursor is not taken', async () => {
    const body = '{"data":[{"id":"a"}],"has_more":true}'
    await expect(collect(anthropic, { [anthropic.url]: body })).rejects.toMatchObject(paging)
  })

  it('of Alibaba that states no total ends with an empty page', async () => {
    const page = (...ids: string[]) =>
      JSON.stringify({ output: { models: ids.map((model) => ({ model })) } })
    const at = (number: number) => `${alibaba.url}&page_size=100&page_no=${number}`
    const bodies = { [at(1)]: page('a'), [at(2)]: page('b'), [at(3)]: page() }
    expect(await collect(alibaba, bodies)).toHaveLength(3)
  })

  it('of Alibaba ends at its total, and not before', async () => {
    const page = (total: number, ...ids: string[]) =>
      JSON.stringify({ output: { total, models: ids.map((model) => ({ model })) } })
    const at = (number: number) => `${alibaba.url}&page_size=100&page_no=${number}`
    const pages = await collect(alibaba, { [at(1)]: page(3, 'a', 'b'), [at(2)]: page(3, 'c') })
    expect(pages).toHaveLength(2)
    await expect(
      collect(alibaba, { [at(1)]: page(3, 'a', 'b'), [at(2)]: page(3) }),
    ).rejects.toMatchObject(paging)
    await expect(
      collect(alibaba, { [at(1)]: page(4, 'a', 'b'), [at(2)]: page(4, 'a', 'b') }),
    ).rejects.toMatchObject(paging)
  })
})
