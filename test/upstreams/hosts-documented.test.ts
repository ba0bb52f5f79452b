/** Shapes of hosts' lists that nobody recorded: the fixtures are made by hand, as documented. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Listing } from '../../src/catalog/listing.ts'
import { componentKey, priceState } from '../../src/catalog/price.ts'
import { ambient } from '../../src/upstreams/ambient.ts'
import { atlascloud } from '../../src/upstreams/atlascloud.ts'
import { avian } from '../../src/upstreams/avian.ts'
import { baseten } from '../../src/upstreams/baseten.ts'
import { cerebras } from '../../src/upstreams/cerebras.ts'
import { chutes } from '../../src/upstreams/chutes.ts'
import { cortecs } from '../../src/upstreams/cortecs.ts'
import { databricks } from '../../src/upstreams/databricks.ts'
import { deepinfra } from '../../src/upstreams/deepinfra.ts'
import { digitalocean } from '../../src/upstreams/digitalocean.ts'
import { featherless } from '../../src/upstreams/featherless.ts'
import { fireworks } from '../../src/upstreams/fireworks.ts'
import { friendli } from '../../src/upstreams/friendli.ts'
import { ioNet } from '../../src/upstreams/io-net.ts'
import { jiekou } from '../../src/upstreams/jiekou.ts'
import { nebius } from '../../src/upstreams/nebius.ts'
import { neuralwatt } from '../../src/upstreams/neuralwatt.ts'
import { novita } from '../../src/upstreams/novita.ts'
import { ovhcloud } from '../../src/upstreams/ovhcloud.ts'
import { pioneer } from '../../src/upstreams/pioneer.ts'
import { synthetic } from '../../src/upstreams/synthetic.ts'
import { together } from '../../src/upstreams/together.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { venice } from '../../src/upstreams/venice.ts'
import { vllm } from '../../src/upstreams/vllm.ts'
import { wandb } from '../../src/upstreams/wandb.ts'
import { readPayload } from '../support/catalog-of.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/upstreams/${name}.json`, import.meta.url), 'utf8')

function listingsOf(upstream: Upstream, body = fixture(upstream.id)): Map<string, Listing> {
  const { slices, rejects } = readPayload(upstream, body)
  expect(rejects).toEqual([])
  const slice = slices.get(upstream.provider ?? '')
  return new Map(slice?.listings.map((listing) => [listing.modelId, listing]))
}

/** Of one entry in the usual envelope. */
function listingOf(upstream: Upstream, entry: Record<string, unknown>): Listing {
  const [listing] = listingsOf(upstream, JSON.stringify({ data: [{ id: 'm', ...entry }] })).values()
  if (!listing) throw new Error('no listing')
  return listing
}

function amounts(listing: Pick<Listing, 'prices'> | undefined): Record<string, string> {
  return Object.fromEntries(
    listing?.prices.components.map((one) => [componentKey(one), one.amount]) ?? [],
  )
}

describe('the row that OpenRouter asks of hosts', () => {
  it.each([
    [ovhcloud, { input: '0.74', output: '2.21', cache_read: '0.074' }],
    [wandb, { input: '0.55', output: '1.65' }],
    [ambient, { input: '0.6', output: '2', cache_read: '0.15' }],
    [baseten, { input: '0.6', output: '2.2', cache_read: '0.11' }],
    [atlascloud, { input: '0.9', output: '2.7', cache_read: '0.09' }],
  ])('states prices per token: $id', (upstream, expected) => {
    expect(amounts(listingsOf(upstream).get('acme/thinker-2'))).toEqual(expected)
  })

  it('may write them with a dollar sign', () => {
    const thinker = listingsOf(synthetic).get('hf:acme/thinker-2')
    expect(amounts(thinker)).toEqual({ input: '0.55', output: '2.19', cache_read: '0.11' })
    expect(thinker?.extra['pricing']).toEqual({
      image: '$0',
      request: '$0',
      input_cache_writes: '$0',
    })
  })

  it('gives limits, dates and capabilities', () => {
    const thinker = listingsOf(ovhcloud).get('acme/thinker-2')
    expect(thinker?.fields).toEqual({
      name: 'Acme: Thinker 2',
      description: 'Thinks twice.',
      type: 'chat',
      releaseDate: '2026-01-14',
      contextWindow: 262_144,
      maxOutputTokens: 65_536,
      inputModalities: ['text', 'image'],
      outputModalities: ['text'],
      vision: true,
      audio: false,
      imageGeneration: false,
      functionCalling: true,
      jsonMode: true,
      structuredOutput: false,
      reasoning: true,
      temperature: true,
    })
    expect(Object.keys(thinker?.extra ?? {}).sort()).toEqual([
      'created',
      'pricing',
      'quantization',
      'supported_features',
      'supported_sampling_parameters',
    ])
  })

  it('may state tiers, which are taken only as a ladder', () => {
    const byId = listingsOf(atlascloud)
    expect(amounts(byId.get('acme/tiered'))).toEqual({
      input: '1',
      output: '3',
      'input;tier=200000': '2',
      'output;tier=200000': '4.5',
    })
    expect(amounts(byId.get('acme/unclear'))).toEqual({})
    expect(byId.get('acme/unclear')?.extra['pricing']).toEqual([
      { prompt: '0.000001' },
      { prompt: '0.000002' },
    ])
  })

  it('may come with a discount, which must be one', () => {
    const entry = (discount: unknown) =>
      JSON.stringify({
        data: [{ id: 'm', pricing: { prompt: '0.000001' }, discount_to_user: discount }],
      })
    expect(amounts(listingsOf(atlascloud, entry(0.305)).get('m'))).toEqual({ input: '0.695' })
    expect(amounts(listingsOf(atlascloud, entry(0)).get('m'))).toEqual({ input: '1' })
    for (const wrong of [1, 1.5, -0.1, 'much'])
      expect(readPayload(atlascloud, entry(wrong)).rejects[0]?.reason).toBe('discount_invalid')
  })

  it('states USD per million tokens at Chutes, beside what changes with every answer', () => {
    const { prices, extra } = listingOf(chutes, {
      created: 1791158400,
      pricing: { prompt: 0.27, completion: 1, input_cache_read: 0.135 },
      price: { input: { usd: 0.27, tao: 0.00071 }, output: { usd: 1, tao: 0.0026 } },
      permission: [{ id: 'modelperm-1' }],
      chute_id: 'c-1',
    })
    expect(prices.components.map(({ amount }) => amount)).toEqual(['0.135', '0.27', '1'])
    expect(extra).toEqual({ chute_id: 'c-1' })
  })
})

describe('Cerebras', () => {
  it('states prices per token, limits and capabilities', () => {
    const byId = listingsOf(cerebras)
    expect(amounts(byId.get('acme-120b'))).toEqual({ input: '0.35', output: '0.75' })
    expect(byId.get('acme-120b')?.fields).toMatchObject({
      contextWindow: 131_072,
      maxOutputTokens: 40_960,
      functionCalling: true,
      vision: false,
    })
    expect(byId.get('acme-8b')?.fields.stage).toBe('deprecated')
  })

  it('is not read in another format, whose prices have another unit', () => {
    const page = { url: `${cerebras.url}?format=huggingface`, json: { data: [] } }
    expect(() => [...cerebras.entries({ ...page, upstream: 'cerebras' })]).toThrow(
      expect.objectContaining({ code: 'payload_shape' }),
    )
  })
})

describe('DeepInfra’s own list', () => {
  const byId = listingsOf(deepinfra, fixture('deepinfra-native'))

  it('states cents per token and multiples of the input’s price', () => {
    expect(amounts(byId.get('acme/Thinker-2'))).toEqual({
      input: '0.26',
      output: '1.04',
      cache_read: '0.13',
      'cache_write;ttl=5m': '0.325',
      'cache_write;ttl=1h': '0.52',
      'input;tier=32000': '0.52',
      'output;tier=32000': '2.08',
    })
  })

  it('keeps the multiples of cache writes whole unless all of them are taken', () => {
    const rates = { rate_per_explicit_cache_write_token: { '5m': 1.25, '1h': 0 } }
    const pricing = { cents_per_input_token: 0.0001, ...rates }
    const body = JSON.stringify([{ model_name: 'm', pricing }])
    const model = listingsOf(deepinfra, body).get('m')
    expect(amounts(model)).toEqual({ input: '1', 'cache_write;ttl=5m': '1.25' })
    expect(model?.extra['pricing']).toMatchObject({
      rate_per_explicit_cache_write_token: { '1h': 0 },
    })
  })

  it('states a discount on all of it', () => {
    const cheaper = byId.get('acme/Cheaper')
    expect(amounts(cheaper)).toEqual({ input: '1', output: '5', cache_read: '0.2' })
    expect(cheaper?.extra['pricing']).toMatchObject({ discount: { text: '0.5' } })
  })

  it.each([
    [
      '$1.2 in $6 out $0.24 cached <= 32K, $2.4 in $12 out $0.48 cached <= 128K, $3 in $15 out $0.6 cached > 128K',
      {
        'input;tier=32000': '2.4',
        'output;tier=32000': '12',
        'cache_read;tier=32000': '0.48',
        'input;tier=128000': '3',
        'output;tier=128000': '15',
        'cache_read;tier=128000': '0.6',
      },
    ],
    [
      '$1.2 in $6 out <=1M, $2.40 in $6 out',
      { 'input;tier=1000000': '2.4', 'output;tier=1000000': '6' },
    ],
  ])('states tiers in prose: %s', (full, tiers) => {
    const { prices, extra } = withProse(full)
    expect(amounts({ prices })).toEqual({ input: '1.2', output: '6', cache_read: '0.24', ...tiers })
    expect(extra['pricing']).toBeUndefined()
  })

  it.each([
    '$1.2 in $6 out',
    '$9.9 in $6 out <= 32K, $2.4 in $12 out > 32K',
    '$1.2 in $6 out $0.12 cached <= 32K, $2.4 in $12 out > 32K',
    '$1.2 in $6 out <= 32K, $2.4 in $12 out > 64K',
    '$1.2 in $6 out <= 32K, $2.4 in $12 out <= 16K, $3 in $15 out',
    '$1.2 in $6 out, $2.4 in $12 out > 32K',
    '$1.2 in $6 out <= 32K, $2.4 in $12 out > 32K on weekends',
    '$1.2 in / $6 out <= 32K, $2.4 in $12 out > 32K',
    '€1.2 in €6 out <= 32K, €2.4 in €12 out > 32K',
  ])('keeps prose that is not tiers for certain: %s', (full) => {
    const { prices, extra } = withProse(full)
    expect(amounts({ prices })).toEqual({ input: '1.2', output: '6', cache_read: '0.24' })
    expect(extra['pricing']).toMatchObject({ full })
  })

  function withProse(full: string) {
    const pricing = {
      cents_per_input_token: 0.00012,
      cents_per_output_token: 0.0006,
      rate_per_input_token_cached: 0.2,
      full,
    }
    const model = listingsOf(deepinfra, JSON.stringify([{ model_name: 'm', pricing }])).get('m')
    if (!model) throw new Error('no listing')
    return model
  }

  it('announces deprecations', () => {
    expect(byId.get('acme/Thinker-2')?.fields).toMatchObject({
      type: 'chat',
      contextWindow: 262_144,
      deprecatedAt: '2027-12-31',
      replacedBy: 'acme/Thinker-3',
    })
  })

  it('does not take another unit for one of tokens', () => {
    expect(amounts(byId.get('acme/Paints'))).toEqual({})
    expect(byId.get('acme/Paints')?.extra['pricing']).toMatchObject({ type: 'image_units' })
  })
})

describe('Fireworks', () => {
  const byId = listingsOf(fireworks)
  const thinker = byId.get('accounts/fireworks/models/thinker-2')

  it('has one model for the rows of its tiers', () => {
    expect(amounts(thinker)).toEqual({
      input: '0.95',
      cache_read: '0.16',
      output: '4',
      'input;mode=priority': '1.425',
      'cache_read;mode=priority': '0.24',
      'output;mode=priority': '6',
    })
    expect(thinker?.extra['service_tiers']).toEqual([
      { serverless_mode: 'priority', service_tier: 'priority' },
    ])
  })

  it('calls fast variants by their own name', () => {
    const fast = byId.get('accounts/fireworks/routers/thinker-2-fast')
    expect(amounts(fast)).toEqual({ input: '2', cache_read: '0.3', output: '8' })
    expect(fast?.extra['id']).toBe('accounts/fireworks/models/thinker-2')
  })

  it('takes known goods in the known unit only', () => {
    const paints = byId.get('accounts/fireworks/models/paints')
    expect(paints?.prices.components).toEqual([])
    expect(paints?.extra['pricing']).toEqual([
      { sku: 'Image steps', amount: '0.0005', unit: '1 step' },
    ])
  })

  it('takes neither of two rows of one tier that differ', () => {
    const row = (amount: string) => ({
      id: 'm',
      pricing: [{ sku: 'LLM output tokens', amount, unit: '1M tokens' }],
    })
    const { rejects } = readPayload(fireworks, JSON.stringify({ data: [row('1'), row('2')] }))
    expect(rejects.map(({ reason }) => reason)).toEqual(['duplicate_id', 'duplicate_id'])
  })

  it('has an inventory with days of deprecation', () => {
    const body = JSON.stringify({
      models: [
        {
          name: 'accounts/fireworks/models/old',
          displayName: 'Old',
          contextLength: 8192,
          deprecationDate: { year: 2026, month: 3, day: 1 },
        },
      ],
    })
    expect(listingsOf(fireworks, body).get('accounts/fireworks/models/old')?.fields).toEqual({
      name: 'Old',
      contextWindow: 8192,
      deprecatedAt: '2026-03-01',
    })
  })
})

describe('amounts that are not to be taken at their face', () => {
  it('Cortecs states them in euros', () => {
    const byId = listingsOf(cortecs)
    const thinker = byId.get('thinker-2')
    expect(thinker?.prices.currency).toBe('EUR')
    expect(amounts(thinker)).toEqual({ input: '2.693', output: '13.464', cache_read: '0.673' })
    expect(byId.get('dollars')?.prices).toEqual({
      components: [
        { meter: 'input', amount: '0' },
        { meter: 'output', amount: '0' },
      ],
    })
    expect(byId.get('hears')?.extra['pricing']).toMatchObject({ audio_cost: { text: '0.00005' } })
  })

  it('Neuralwatt states them under `metadata`', () => {
    const byId = listingsOf(neuralwatt)
    expect(amounts(byId.get('thinker-2'))).toEqual({ input: '1', output: '2.5', cache_read: '0.1' })
    expect(byId.get('thinker-2')?.extra['metadata']).not.toHaveProperty('pricing.input_per_million')
  })

  it('Nebius states per token, and what a model can beside them', () => {
    const byId = listingsOf(nebius)
    expect(byId.get('acme/throttled')?.fields).toEqual({
      type: 'embedding',
      inputModalities: ['text'],
      outputModalities: ['embedding'],
      vision: false,
      audio: false,
      imageGeneration: false,
    })
    expect(amounts(byId.get('acme/thinker-2-fast'))).toEqual({ input: '0.3', output: '0.9' })
    expect(byId.get('acme/thinker-2-fast')?.fields).toMatchObject({
      contextWindow: 131_072,
      functionCalling: true,
      vision: true,
    })
  })
})

describe('amounts under names of their own', () => {
  it.each([
    [ioNet, 'acme/thinker-2', { input: '0.274', output: '0.8992', cache_read: '0.137' }],
    [avian, 'acme/thinker-2', { input: '0.27', output: '0.41', cache_read: '0.014' }],
    [friendli, 'acme/Thinker-2', { input: '0.2', output: '0.8' }],
    [pioneer, 'acme/thinker-2', { input: '0.6', output: '2.5' }],
  ])('are read in the unit of $id', (upstream, modelId, expected) => {
    expect(amounts(listingsOf(upstream).get(modelId))).toEqual(expected)
  })

  it('are 1e-4 USD per million tokens at Jiekou, whose rows are Novita’s', () => {
    const thinker = listingsOf(jiekou).get('acme/thinker-2')
    expect(amounts(thinker)).toEqual({ input: '0.55', output: '2.2' })
    expect(thinker?.fields).toMatchObject({
      name: 'Thinker 2',
      contextWindow: 1_000_000,
      maxOutputTokens: 40_000,
      functionCalling: true,
      vision: true,
    })
    expect(thinker?.extra).not.toHaveProperty('input_token_price_per_m')
  })

  it('are 1e-4 USD per million tokens for Novita’s caches as well', () => {
    const { prices, extra } = listingOf(novita, {
      input_token_price_per_m: 14_000,
      output_token_price_per_m: 60_000,
      cache_read_input_token_price_per_m: 2800,
      cache_creation_input_token_price_per_m: 17_500,
      cache_creation_1_hour_input_token_price_per_m: 0,
      is_tiered_billing: false,
      features: ['function-calling', 'reasoning'],
    })
    expect(amounts({ prices })).toEqual({
      input: '1.4',
      output: '6',
      cache_read: '0.28',
      'cache_write;ttl=5m': '1.75',
    })
    expect(extra).toMatchObject({ cache_creation_1_hour_input_token_price_per_m: 0 })
  })

  it('are tiers at Novita, whose plain 0 beside them is not free', () => {
    const price = (whole: number, decimal: string) => ({
      price_per_m: whole,
      price_per_m_decimal: decimal,
    })
    const row = {
      input_token_price_per_m: 0,
      output_token_price_per_m: 0,
      is_tiered_billing: true,
      tiered_billing_configs: [
        {
          min_tokens: 256_000,
          max_tokens: 1_000_000,
          pricing: { prompt: price(5000, '0.5'), completion: { price_per_m_decimal: '3' } },
        },
        {
          min_tokens: 1,
          max_tokens: 256_000,
          pricing: {
            prompt: { price_per_m: 4000 },
            completion: price(24_000, '2.4'),
            input_cache_read: price(0, '0'),
          },
        },
      ],
    }
    const { prices, extra } = listingOf(novita, row)
    expect(amounts({ prices })).toEqual({
      input: '0.4',
      output: '2.4',
      'input;tier=256000': '0.5',
      'output;tier=256000': '3',
    })
    expect(extra).toMatchObject({ input_token_price_per_m: 0, is_tiered_billing: true })
    expect(extra).not.toHaveProperty('tiered_billing_configs')
    const unread = { ...row, tiered_billing_configs: [{ min_tokens: 1, pricing: { prompt: 4 } }] }
    expect(listingOf(novita, unread)).toMatchObject({
      prices: { components: [] },
      extra: { tiered_billing_configs: unread.tiered_billing_configs },
    })
    expect(
      priceState(
        listingOf(novita, { ...row, is_tiered_billing: false, tiered_billing_configs: null })
          .prices,
      ),
    ).toBe('free')
  })

  it('are those of Novita’s numbers, and what it says twice is believed once', () => {
    const { prices, extra } = listingOf(novita, {
      input_token_price_per_m: 1500,
      output_token_price_per_m: 5000,
      pricing: {
        prompt: { price_per_m: 1500, price_per_m_decimal: '0.15' },
        completion: { price_per_m: 5000, price_per_m_decimal: '0.5' },
        input_cache_read: { price_per_m: 300, price_per_m_decimal: '0.03' },
        input_cache_write: { price_per_m: 300, price_per_m_decimal: '0.3' },
      },
    })
    expect(amounts({ prices })).toEqual({ input: '0.15', output: '0.5', cache_read: '0.03' })
    expect(Object.keys(extra['pricing'] ?? {})).toEqual(['input_cache_write'])
    const torn = { input_token_price_per_m: 1500, pricing: { prompt: { price_per_m: 1600 } } }
    expect(listingOf(novita, torn)).toMatchObject({ extra: { pricing: torn.pricing } })
    expect(amounts(listingOf(novita, torn))).toEqual({ input: '0.15' })
  })

  it('are tiers by the length of the prompt at Venice', () => {
    const listing = listingOf(venice, {
      model_spec: {
        pricing: {
          input: { usd: 2, diem: 2 },
          output: { usd: 12, diem: 12 },
          cache_input: { usd: 0.2 },
          extended: {
            context_token_threshold: 200_000,
            input: { usd: 4, diem: 4 },
            output: { usd: 18 },
          },
        },
      },
    })
    expect(amounts(listing)).toEqual({
      input: '2',
      output: '12',
      cache_read: '0.2',
      'input;tier=200000': '4',
      'output;tier=200000': '18',
    })
    expect(listing.extra['model_spec']).toEqual({
      pricing: {
        input: { diem: 2 },
        output: { diem: 12 },
        extended: { context_token_threshold: 200_000, input: { diem: 4 } },
      },
    })
  })

  it('stand at Venice beside all kinds of input', () => {
    const capabilities = {
      supportsVision: true,
      supportsAudioInput: false,
      supportsVideoInput: true,
    }
    const { fields } = listingOf(venice, { type: 'text', model_spec: { capabilities } })
    expect(fields).toEqual({
      type: 'chat',
      inputModalities: ['text', 'image', 'video'],
      vision: true,
      audio: false,
    })
  })

  it('are those of what can be called at Together', () => {
    const byId = listingsOf(together, fixture('together-serverless'))
    expect([...byId.keys()]).toEqual(['acme/Thinker-2'])
    expect(amounts(byId.get('acme/Thinker-2'))).toEqual({
      input: '0.6',
      output: '2.5',
      cache_read: '0.15',
    })
  })
})

describe('lists without prices', () => {
  it('DigitalOcean’s may write a window as text', () => {
    const byId = listingsOf(digitalocean)
    expect(byId.get('acme-thinker-2')?.fields).toMatchObject({
      contextWindow: 262_144,
      reasoning: true,
      vision: true,
    })
    expect(byId.get('acme-old')?.fields).toMatchObject({ stage: 'deprecated', contextWindow: 8192 })
  })

  it('DigitalOcean’s has models for code, which answer in text', () => {
    const coder = { id: 'coder', modalities: { input: ['text'], output: ['code', 'text'] } }
    const byId = listingsOf(digitalocean, JSON.stringify({ models: [coder] }))
    expect(byId.get('coder')?.fields).toMatchObject({ type: 'chat', outputModalities: ['text'] })
  })

  it('Databricks’ names what an endpoint serves', () => {
    const byId = listingsOf(databricks)
    expect(byId.get('databricks-acme-thinker-2')?.fields).toEqual({
      name: 'Acme Thinker 2',
      description: 'Thinks twice.',
    })
    expect(byId.get('databricks-acme-embed')?.fields).toEqual({})
  })

  it('vLLM’s has adapters, and no time of its answer', () => {
    const adapter = listingsOf(vllm).get('my-adapter')
    expect(adapter?.extra).toMatchObject({ parent: 'acme/thinker-2' })
    expect(adapter?.extra).not.toHaveProperty('created')
    expect(adapter?.fields).toEqual({})
  })

  it('Featherless’ is a flat fee: unknown, not free', () => {
    const tale = listingsOf(featherless).get('acme/tale-12b')
    expect(tale?.fields).toMatchObject({ contextWindow: 32_768, maxOutputTokens: 4096 })
    expect(tale && priceState(tale.prices)).toBe('unknown')
  })
})
