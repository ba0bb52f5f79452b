/** Gateways' lists, recorded where somebody recorded them and otherwise made by hand as documented. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import { componentKey, flatAmount, priceState, type PriceSheet } from '../../src/catalog/price.ts'
import { PlumblineError } from '../../src/errors.ts'
import { aihubmix } from '../../src/upstreams/aihubmix.ts'
import { cloudflareAiGateway } from '../../src/upstreams/cloudflare-ai-gateway.ts'
import { cloudflareWorkersAi } from '../../src/upstreams/cloudflare-workers-ai.ts'
import { edenai } from '../../src/upstreams/edenai.ts'
import { githubCopilot } from '../../src/upstreams/github-copilot.ts'
import { githubModels } from '../../src/upstreams/github-models.ts'
import { helicone } from '../../src/upstreams/helicone.ts'
import { huggingface } from '../../src/upstreams/huggingface.ts'
import { litellmProxy } from '../../src/upstreams/litellm-proxy.ts'
import { llmgateway } from '../../src/upstreams/llmgateway.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { nanoGpt } from '../../src/upstreams/nano-gpt.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { renderPortkeyFile } from '../../src/http/formats/portkey.ts'
import { portkey } from '../../src/upstreams/portkey.ts'
import { idOfPortkeyName, providerOfFile } from '../../src/upstreams/portkey-files.ts'
import { requesty } from '../../src/upstreams/requesty.ts'
import { shengsuanyun } from '../../src/upstreams/shengsuanyun.ts'
import { unbound } from '../../src/upstreams/unbound.ts'
import type { FetchPage, Page, PageRequest, Upstream } from '../../src/upstreams/upstream.ts'
import { vercelAiGateway } from '../../src/upstreams/vercel-ai-gateway.ts'
import { zenmux } from '../../src/upstreams/zenmux.ts'
import { catalogOf, readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote } from '../support/shared-data.ts'

const fixture = (id: string) =>
  readFileSync(new URL(`../fixtures/upstreams/${id}.json`, import.meta.url), 'utf8')

type Listings = ReadonlyMap<string, Listing>

function listingsOf(upstream: Upstream, body: string): Listings {
  const listings = [...readPayload(upstream, body).slices.values()].flatMap((s) => s.listings)
  return new Map(listings.map((listing) => [listing.modelId, listing]))
}

function amounts(prices: PriceSheet | undefined): Record<string, string> | undefined {
  return prices && Object.fromEntries(prices.components.map((c) => [componentKey(c), c.amount]))
}

function amountsOf(listings: Listings, id: string): Record<string, string> | undefined {
  return amounts(listings.get(id)?.prices)
}

function flat(listing: Listing | undefined): string | undefined {
  const input = listing && flatAmount(listing.prices, 'input')
  const output = listing && flatAmount(listing.prices, 'output')
  return input === undefined || output === undefined ? undefined : `${input} / ${output}`
}

const modelsDevListings = new Map<string, Map<string, Listings>>()

/** What models.dev said of a provider at that time. */
function reference(day: string, provider: string): Listings {
  let byProvider = modelsDevListings.get(day)
  if (!byProvider) {
    const { slices } = readPayload(modelsDev, readShared(`models-dev/${day}.api.json.gz`))
    byProvider = new Map(
      [...slices].map(([id, { listings }]) => [id, new Map(listings.map((l) => [l.modelId, l]))]),
    )
    modelsDevListings.set(day, byProvider)
  }
  return byProvider.get(provider) ?? new Map<string, Listing>()
}

/** The address of a page says whose prices it has. */
function portkeyFile(name: string): Upstream {
  return { ...portkey, url: `https://configs.portkey.ai/pricing/${name}.json` }
}

describe.skipIf(!hasSharedData)(`what gateways answered${sharedDataNote}`, () => {
  it('agrees with models.dev in nine of ten prices that Portkey has of Anthropic and Novita', () => {
    for (const [file, provider] of [
      ['anthropic', 'anthropic'],
      ['novita-ai', 'novita-ai'],
    ] as const) {
      const mine = listingsOf(
        portkeyFile(file),
        readShared(`upstreams/portkey/pricing/${file}.json.gz`),
      )
      const pairs = [...reference('2026-09-04', provider)].flatMap(([id, listing]) =>
        mine.has(id) && flat(listing) ? [[flat(mine.get(id)), flat(listing)] as const] : [],
      )
      expect(pairs.length).toBeGreaterThan(10)
      expect(pairs.filter(([a, b]) => a === b).length / pairs.length).toBeGreaterThan(0.9)
    }
  })

  it('has no price of a token at Portkey that is a minute’s, a page’s or a search’s', () => {
    const openai = listingsOf(
      portkeyFile('openai'),
      readShared('upstreams/portkey/pricing/openai.json.gz'),
    )
    expect(amountsOf(openai, 'whisper-1')).toEqual({})
    expect(amountsOf(openai, 'gpt-4o-transcribe')).toEqual({ input: '2.5', output: '10' })
    expect(amountsOf(openai, 'tts-1')).toEqual({ 'input_character;unit=character': '0.000015' })
    expect(amountsOf(openai, 'gpt-5.4')).toMatchObject({
      input: '2.5',
      'input;tier=272000': '5',
      'input;mode=batch;tier=272000': '2.5',
      'output;mode=priority': '30',
      'web_search;unit=each': '0.01',
    })
  })

  it('has the regions that Portkey and LiteLLM agree on', () => {
    const openai = listingsOf(
      portkeyFile('openai'),
      readShared('upstreams/portkey/pricing/openai.json.gz'),
    )
    const bedrock = listingsOf(
      portkeyFile('bedrock'),
      readShared('upstreams/portkey/pricing/bedrock.json.gz'),
    )
    expect(amountsOf(openai, 'gpt-5.4')).toMatchObject({
      'input;region=eu': '2.75',
      'input;region=ae': '2.75',
      'output;tier=272000;region=us': '24.75',
    })
    const map = readShared('upstreams/litellm/series/2026-07-24.model_prices.json.gz')
    const theirs = readPayload(litellm, map).slices.get('amazon-bedrock')?.listings ?? []
    const pairs = theirs.flatMap(({ modelId, prices }) =>
      prices.components.flatMap((one) => {
        const amount = amountsOf(bedrock, modelId)?.[componentKey(one)]
        return one.region !== undefined && amount !== undefined ? [[amount, one.amount]] : []
      }),
    )
    // They disagree on Nova in the government's region and on Mistral Large in Paris.
    expect(pairs).toHaveLength(26)
    expect(pairs.filter(([a, b]) => a === b)).toHaveLength(22)
  })

  it('does not take a 0 of Cloudflare’s for free', () => {
    const listings = listingsOf(
      cloudflareAiGateway,
      readShared('upstreams/cloudflare-ai-gateway/2025-12-23.models.json'),
    )
    const state = (id: string) => {
      const listing = listings.get(id)
      return listing && priceState(listing.prices)
    }
    expect(state('workers-ai/@cf/openai/whisper')).toBe('unknown')
    expect(state('openrouter/qwen/qwen3-coder:free')).toBe('free')
    expect(state('openrouter/openrouter/auto')).toBe('dynamic')
    expect(amountsOf(listings, 'ideogram/v_3')).toEqual({ 'output_image_each;unit=each': '0.06' })
  })

  it('has the limits and capabilities that GitHub states, and no price', () => {
    const models = listingsOf(
      githubModels,
      readShared('upstreams/github-models/2025-07-25.github.json'),
    )
    expect(models.get('openai/gpt-4.1')).toMatchObject({
      fields: {
        name: 'OpenAI GPT-4.1',
        maxInputTokens: 1_048_576,
        maxOutputTokens: 32_768,
        functionCalling: true,
        streaming: true,
        reasoning: false,
        vision: true,
      },
      prices: { components: [] },
      extra: { rate_limit_tier: 'high', registry: 'azure-openai' },
    })
    expect(models.get('openai/text-embedding-3-small')?.fields.type).toBe('embedding')
    const copilot = listingsOf(
      githubCopilot,
      readShared('upstreams/github-copilot/2025-07-25.github-copilot.json'),
    )
    expect(copilot.get('claude-3.7-sonnet')?.fields).toEqual({
      name: 'Claude Sonnet 3.7',
      family: 'claude-3.7-sonnet',
      type: 'chat',
      contextWindow: 200_000,
      maxInputTokens: 90_000,
      maxOutputTokens: 16_384,
      streaming: true,
      functionCalling: true,
      vision: true,
    })
  })
})

const thinker = { name: 'Thinker 2', contextWindow: 256_000, maxOutputTokens: 32_000 }

describe('a gateway’s row', () => {
  it('of AiHubMix has tiers, words in one string, and two ways not to know a limit', () => {
    const listings = listingsOf(aihubmix, fixture('aihubmix'))
    expect(listings.get('thinker-2')).toMatchObject({
      fields: {
        ...thinker,
        inputModalities: ['text', 'image'],
        vision: true,
        reasoning: true,
        functionCalling: true,
        structuredOutput: true,
        openWeights: false,
        releaseDate: '2026-01-14',
        stage: 'deprecated',
      },
      extra: { vendor: 'acme', features: 'thinking,tools,structured_outputs' },
    })
    expect(amountsOf(listings, 'thinker-2')).toEqual({
      input: '2.5',
      output: '10',
      cache_read: '0.25',
      'input;tier=200000': '5',
      'output;tier=200000': '15',
    })
    const free = listings.get('thinker-2-free')
    expect(free?.fields).toEqual({ contextWindow: 8192 })
    expect(free?.extra).toMatchObject({ max_output: 8192 })
    expect(free && priceState(free.prices)).toBe('free')
  })

  it('of Requesty has bands, and no price for a cache that is not there', () => {
    const listings = listingsOf(requesty, fixture('requesty'))
    expect([...listings.keys()]).toEqual(['acme/thinker-2', 'host/plain'])
    expect(listings.get('acme/thinker-2')).toMatchObject({
      fields: {
        type: 'chat',
        contextWindow: 256_000,
        reasoning: true,
        deprecatedAt: '2027-01-31',
      },
      extra: { max_output_tokens: 0, api: 'chat' },
    })
    expect(amountsOf(listings, 'acme/thinker-2')).toEqual({
      input: '2.5',
      output: '10',
      cache_read: '0.25',
      cache_write: '3.125',
      'input;tier=200000': '5',
      'output;tier=200000': '15',
    })
    expect(listings.get('acme/thinker-2')?.extra).not.toHaveProperty('pricing')
    expect(amountsOf(listings, 'host/plain')).toEqual({ input: '0.5', output: '1' })
    expect(listings.get('host/plain')?.extra).toHaveProperty('cached_price')
  })

  it('of Unbound is one of Requesty', () => {
    const listings = listingsOf(unbound, fixture('unbound'))
    expect(amountsOf(listings, 'acme/thinker-2')).toEqual({
      input: '2.5',
      output: '10',
      cache_read: '0.25',
    })
  })

  it('of LLM Gateway takes no 0 for a cache that costs nothing', () => {
    const listing = listingsOf(llmgateway, fixture('llmgateway')).get('thinker-2')
    expect(amounts(listing?.prices)).toEqual({ input: '2.5', output: '10', cache_read: '0.25' })
    expect(listing?.fields).toMatchObject({ structuredOutput: true, contextWindow: 256_000 })
    expect(listing?.extra).toMatchObject({ family: 'acme', providers: [{ providerId: 'acme' }] })
  })

  it('of Vercel has tiers, service tiers and no date of the list', () => {
    const listings = listingsOf(vercelAiGateway, fixture('vercel-ai-gateway'))
    expect(amountsOf(listings, 'acme/thinker-2')).toEqual({
      input: '2.5',
      'input;tier=200000': '5',
      output: '10',
      'output;tier=200000': '15',
      cache_read: '0.25',
      'input;mode=flex': '1.25',
      'output;mode=flex': '5',
      'input;mode=flex;tier=200000': '2.5',
      'output;mode=flex;tier=200000': '7.5',
      'input;mode=fast': '10',
      'output;mode=fast': '40',
    })
    expect(listings.get('acme/thinker-2')).toMatchObject({
      fields: {
        ...thinker,
        type: 'chat',
        releaseDate: '2026-01-14',
        vision: true,
        reasoning: true,
        functionCalling: false,
        promptCaching: true,
      },
      extra: { pricing: { web_search: '10', input_cache_write: '0' } },
    })
    const painter = listings.get('acme/painter')
    expect(painter?.prices.components).toEqual([])
    expect(painter?.fields).toEqual({ name: 'Painter', type: 'image' })
    expect(painter?.extra).toMatchObject({ pricing: { image: '0.04' } })
    expect(painter?.extra).not.toHaveProperty('created')
  })

  it('of Eden AI has the list’s price, not the account’s', () => {
    const listings = listingsOf(edenai, fixture('edenai'))
    expect(amountsOf(listings, 'acme/thinker-2')).toEqual({
      input: '2.5',
      output: '10',
      cache_read: '0.25',
      'input;tier=200000': '5',
      'output;tier=200000': '15',
    })
    expect(listings.get('acme/thinker-2')).toMatchObject({
      fields: {
        contextWindow: 256_000,
        inputModalities: ['text', 'pdf'],
        functionCalling: true,
        structuredOutput: false,
      },
      extra: {
        list_pricing: { cache_creation_input_token_cost: 0 },
        capabilities: { input_modalities: ['text', 'file'] },
      },
    })
    expect(listings.get('acme/thinker-2')?.extra).toHaveProperty('pricing')
    const twin = listings.get('acme/Thinker-2')
    expect(twin && priceState(twin.prices)).toBe('free')
  })

  it('of ZenMux has its prices as JSON inside a string', () => {
    const { rejects } = readPayload(zenmux, fixture('zenmux'))
    expect(rejects.map(({ entryId, reason }) => [entryId, reason])).toEqual([
      ['acme/broken', 'pricing_unreadable'],
    ])
    const listings = listingsOf(zenmux, fixture('zenmux'))
    expect(amountsOf(listings, 'acme/thinker-2')).toEqual({
      input: '2.5',
      'input;tier=200000': '5',
      output: '10',
      'cache_write;ttl=1h': '0.3',
    })
    expect(listings.get('acme/thinker-2')?.extra).not.toHaveProperty('variable_pricings')
    expect(listings.get('acme/thinker-2')?.fields).toMatchObject({
      inputModalities: ['text', 'image', 'pdf'],
      releaseDate: '2026-01-14',
      functionCalling: true,
      reasoning: true,
    })
    expect(amountsOf(listings, 'acme/painter')).toEqual({ input: '1' })
    expect(listings.get('acme/painter')?.extra).toHaveProperty('variable_pricings')
  })

  it('of NanoGPT has two units in one object, and is rejected where it names another', () => {
    const { rejects } = readPayload(nanoGpt, fixture('nano-gpt'))
    expect(rejects.map(({ reason }) => reason)).toEqual(['price_unit_unknown'])
    const listing = listingsOf(nanoGpt, fixture('nano-gpt')).get('acme/thinker-2')
    expect(amounts(listing?.prices)).toEqual({ input: '2.5', output: '10', cache_read: '0.25' })
    expect(listing?.fields).toMatchObject({
      ...thinker,
      releaseDate: '2026-01-14',
      functionCalling: true,
    })
    expect(listing?.extra).toMatchObject({ subscription: { included: true } })
  })

  it('of ShengSuanYun keeps prices whose unit nobody knows', () => {
    const listing = listingsOf(shengsuanyun, fixture('shengsuanyun')).get('acme/thinker-2')
    expect(listing?.prices.components).toEqual([])
    expect(listing?.extra['pricing']).toEqual({ prompt: 168000, completion: 670000, cache: 16800 })
    expect(listing?.fields).toMatchObject({ ...thinker, inputModalities: ['text', 'image'] })
  })

  it('of Helicone has one price where its endpoints agree', () => {
    const listings = listingsOf(helicone, fixture('helicone'))
    expect(amountsOf(listings, 'thinker-2')).toEqual({
      input: '2.5',
      output: '10',
      cache_read: '0.25',
      reasoning: '12',
    })
    expect(listings.get('thinker-2')?.fields).toMatchObject({ knowledgeCutoff: '2025-06-30' })
    expect(listings.get('open-1')?.prices.dynamic).toBe(true)
  })

  it('of Hugging Face has each host’s price, and no speed of the last minutes', () => {
    const listings = listingsOf(huggingface, fixture('huggingface'))
    const open = listings.get('acme/Open-1')
    expect(open?.prices.dynamic).toBe(true)
    expect(amounts(open?.prices)).toEqual({
      'input;variant=groq': '0.59',
      'output;variant=groq': '0.79',
      'input;variant=nebius': '0.13',
      'output;variant=nebius': '0.4',
    })
    expect(open?.fields).toMatchObject({
      contextWindow: 131_072,
      functionCalling: true,
      structuredOutput: false,
    })
    expect(JSON.stringify(open?.extra)).not.toContain('throughput')
    expect(amountsOf(listings, 'acme/Open-1-mini')).toEqual({ input: '0.05', output: '0.08' })
  })

  it('of Workers AI is read in both of its forms', () => {
    const listings = listingsOf(cloudflareWorkersAi, fixture('cloudflare-workers-ai'))
    expect([...listings.keys()]).toEqual(['@cf/acme/open-1', '@cf/acme/open-2'])
    expect(amountsOf(listings, '@cf/acme/open-1')).toEqual({ input: '0.051', output: '0.34' })
    expect(listings.get('@cf/acme/open-1')?.fields).toMatchObject({
      contextWindow: 32_000,
      maxOutputTokens: 4096,
      functionCalling: true,
    })
    expect(amountsOf(listings, '@cf/acme/open-2')).toEqual({ input: '0.27', output: '0.85' })
    expect(listings.get('@cf/acme/open-2')).toMatchObject({
      fields: { vision: true },
      extra: { id: 'workers-ai/@cf/acme/open-2' },
    })
  })

  it('of a LiteLLM proxy is what its deployments agree on, without how they are reached', () => {
    const listings = listingsOf(litellmProxy, fixture('litellm-proxy'))
    const smart = listings.get('smart')
    expect(smart?.fields).toEqual({ type: 'chat', maxOutputTokens: 32_000, vision: true })
    expect(amounts(smart?.prices)).toEqual({ input: '2.5', output: '10' })
    expect(smart?.extra['deployments']).toEqual([
      { id: 'a1', max_input_tokens: 400_000, litellm_model: 'acme/thinker-2' },
      { id: 'b2', max_input_tokens: 256_000, litellm_model: 'azure/thinker-2' },
    ])
    expect(JSON.stringify([...listings])).not.toContain('secret')
    const local = listings.get('local')
    expect(local && priceState(local.prices)).toBe('free')
  })
})

describe('a row of Portkey', () => {
  const listings = listingsOf(portkeyFile('openai'), fixture('portkey'))

  it('has Fireworks’ models under their paths, and is written with both names', () => {
    const row = { pricing_config: { pay_as_you_go: { request_token: { price: 0.0001 } } } }
    const body = JSON.stringify({ 'kimi-k2p6': row, 'glm-5p1-fast': row, '16b': row })
    const { models } = catalogOf(portkey, readPayload(portkeyFile('fireworks-ai'), body))
    expect(models.map(({ modelId }) => modelId)).toEqual([
      '16b',
      'accounts/fireworks/models/kimi-k2p6',
      'accounts/fireworks/routers/glm-5p1-fast',
    ])
    expect(idOfPortkeyName('fireworks-ai', 'kimi-k2p6')).toBe(models[1]?.modelId)
    expect(idOfPortkeyName('openai', 'gpt-5')).toBe('gpt-5')
    const [, kimi] = models
    const stored = { hash: '', missingSince: null, retiredAt: null, nextChangeOn: null }
    const at = { createdAt: new Date(0), changedAt: new Date(0) }
    expect(Object.keys(renderPortkeyFile(kimi ? [{ ...kimi, ...stored, ...at }] : []))).toEqual([
      'default',
      'kimi-k2p6',
      'accounts/fireworks/models/kimi-k2p6',
    ])
  })

  it('is a model of the provider whose file it is in, but for the default', () => {
    const { slices } = readPayload(portkeyFile('mistral-ai'), fixture('portkey'))
    expect([...slices.keys()]).toEqual(['mistral'])
    expect(listings.has('default')).toBe(false)
  })

  it('has prices in cents, by token and by piece, with modes and tiers', () => {
    expect(amountsOf(listings, 'thinker-2')).toEqual({
      input: '2.5',
      output: '10',
      'cache_write;ttl=1h': '5',
      'web_search;unit=each': '0.01',
      'request;unit=each': '0.005',
      'input;mode=batch': '1.25',
      'input;tier=200000': '5',
      'output;mode=priority': '20',
      'input;region=us': '2.75',
      'input;region=eu': '2.75',
    })
    expect(amountsOf(listings, 'paints-1')).toEqual({
      'output_image_each;unit=each': '0.04',
      'output_image_each;variant=hd 1024x1792;unit=each': '0.12',
      'output_video_time;variant=1280x720;unit=second': '0.1',
    })
  })

  it('keeps what has no component', () => {
    expect(listings.get('thinker-2')?.extra).toMatchObject({
      pricing_config: {
        pay_as_you_go: {
          cache_write_input_token: { price: 0 },
          additional_units: { file_search: expect.anything() },
        },
      },
      custom_pricing: { regions: { 'us-1, eu': expect.anything(), moon: 'far' } },
    })
    expect(Object.keys(listings.get('thinker-2')?.extra['custom_pricing'] ?? {})).toEqual([
      'context_tier_map',
      'regions',
    ])
    expect(listings.get('thinker-2')?.extra).not.toHaveProperty('custom_pricing.regions.default')
  })

  it('is not paid by tokens where its name or its units say so', () => {
    expect(amountsOf(listings, 'hears-1')).toEqual({})
    expect(amountsOf(listings, 'rerank-v4.0-fast')).toEqual({ 'query;unit=each': '0.002' })
    expect(amountsOf(listings, 'tts-1')).toEqual({ 'input_character;unit=character': '0.000015' })
  })

  it('is believed for everybody’s price where the finer ones contradict it', () => {
    expect(amountsOf(listings, 'contradicts-1')).toEqual({ input: '1' })
    expect(listings.get('contradicts-1')?.extra).toHaveProperty('custom_pricing.regions.default')
    expect(listings.get('unpriced-1')?.prices.components).toEqual([])
  })
})

describe('the pages', () => {
  async function collect(
    upstream: { url: string; pages: (url: string, fetchPage: FetchPage) => AsyncIterable<Page> },
    answer: (url: string, init?: PageRequest) => string,
  ): Promise<Page[]> {
    const pages: Page[] = []
    const fetchPage: FetchPage = async (url, init) => ({ url, body: answer(url, init) })
    for await (const page of upstream.pages(upstream.url, fetchPage)) pages.push(page)
    return pages
  }

  /** Answers of Portkey's server and of the repository that its files are published from. */
  const portkeyWithout = (missing: RegExp, published: unknown) => (url: string) => {
    if (url.startsWith('https://api.github.com/')) return JSON.stringify(published)
    if (missing.test(url)) throw new PlumblineError('http_not_found', `There is no ${url}.`)
    return '{}'
  }
  const publishes = (...names: string[]) => names.map((name) => ({ name, type: 'file' }))

  it('of Portkey are one a file, and one that is no longer published is left out', async () => {
    const answer = portkeyWithout(/cohere|ai21/, publishes('openai.json', 'groq.json'))
    const urls = (await collect(portkey, answer)).map(({ url }) => url)
    expect(urls).toContain('https://configs.portkey.ai/pricing/openai.json')
    expect(urls).not.toContain('https://configs.portkey.ai/pricing/cohere.json')
    expect(urls).toHaveLength(Object.keys(providerOfFile).length - 2)
  })

  it.each([
    ['is still published', portkeyWithout(/cohere/, publishes('cohere.json')), portkey],
    ['is one of all', portkeyWithout(/./, publishes('README.md')), portkey],
    [
      'is missing on another server',
      portkeyWithout(/cohere/, []),
      { ...portkey, url: 'https://mirror.example/pricing' },
    ],
  ])('of Portkey are no list where a file that is not found %s', async (_, answer, upstream) => {
    await expect(collect(upstream, answer)).rejects.toMatchObject({ code: 'http_not_found' })
  })

  it('of Portkey are no list where nobody can say whether a file is still published', async () => {
    await expect(collect(portkey, portkeyWithout(/cohere/, {}))).rejects.toMatchObject({
      code: 'payload_shape',
    })
  })

  it('of Workers AI are numbered, and do not go on for ever', async () => {
    const list =
      (info: object, rows = 1) =>
      (url: string) => {
        const id = new URL(url).searchParams.get('page')
        return JSON.stringify({ result: rows === 0 ? [] : [{ id }], result_info: info })
      }
    const pages = await collect(cloudflareWorkersAi, list({ total_pages: 2 }))
    expect(pages.map(({ url }) => new URL(url).search)).toEqual([
      '?format=openrouter&per_page=1000&page=1',
      '?format=openrouter&per_page=1000&page=2',
    ])
    expect(await collect(cloudflareWorkersAi, list({ total_count: 3 }))).toHaveLength(3)
    expect(await collect(cloudflareWorkersAi, list({}))).toHaveLength(1)
    for (const endless of [
      list({ total_pages: 1e6 }),
      list({ total_pages: 2 }, 0),
      list({ total_count: 1 }, 0),
    ])
      await expect(collect(cloudflareWorkersAi, endless)).rejects.toMatchObject({
        code: 'payload_paging',
      })
  })

  it('of Copilot are asked with a token that the key was exchanged for', async () => {
    const asked: [string, string | undefined][] = []
    const pages = await collect(githubCopilot, (url, init) => {
      asked.push([url, init?.headers?.['authorization']])
      return url.startsWith('https://api.github.com/') ? '{"token": "tid=1"}' : '{"data": []}'
    })
    expect(asked).toEqual([
      ['https://api.github.com/copilot_internal/v2/token', undefined],
      ['https://api.githubcopilot.com/models', 'Bearer tid=1'],
    ])
    expect(pages.map(({ url }) => url)).toEqual(['https://api.githubcopilot.com/models'])
    await expect(collect(githubCopilot, () => '{}')).rejects.toMatchObject({
      code: 'payload_shape',
    })
  })

  it('of a stand-in for Copilot are asked with a token of its own: the key goes nowhere else', async () => {
    const asked: string[] = []
    const standIn = { ...githubCopilot, url: 'http://127.0.0.1:1/copilot/models' }
    await collect(standIn, (url) => {
      asked.push(url)
      return '{"token": "tid=1", "data": []}'
    })
    expect(asked).toEqual(['http://127.0.0.1:1/copilot/token', 'http://127.0.0.1:1/copilot/models'])
  })
})
