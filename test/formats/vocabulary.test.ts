/** Prices from what was recorded to what is exported: every part of the vocabulary that formats carry. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { costOf } from '../../src/catalog/cost.ts'
import { componentKey, type Meter } from '../../src/catalog/price.ts'
import { alibabaCn } from '../../src/upstreams/alibaba-cn.ts'
import { fireworks } from '../../src/upstreams/fireworks.ts'
import { genaiPrices } from '../../src/upstreams/genai-prices.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { openrouter } from '../../src/upstreams/openrouter.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { catalogOf, readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote } from '../support/shared-data.ts'
import { renderLitellm, renderModelsDev } from '../support/render-formats.ts'

describe.skipIf(!hasSharedData)(`tiers that OpenRouter published${sharedDataNote}`, () => {
  const catalog = hasSharedData
    ? exported(
        openrouter,
        readShared('upstreams/openrouter/2026-08-01.token-tariff.models.json.gz'),
      )
    : undefined

  it('are all read, with the times to live of caches', () => {
    const models = catalog?.models ?? []
    const tiered = models.filter(({ prices }) => prices.components.some((one) => one.minTokens))
    expect(tiered).toHaveLength(44)
    const unread = models.filter(({ extra }) => JSON.stringify(extra).includes('min_prompt_tokens'))
    expect(unread).toEqual([])
    expect(catalog?.amounts('openai/gpt-5.5')).toMatchObject({
      input: '5',
      'input;tier=272000': '10',
      'output;tier=272000': '45',
      'cache_read;tier=272000': '1',
    })
    expect(catalog?.amounts('anthropic/claude-sonnet-4.5')).toMatchObject({
      'cache_write;ttl=1h': '6',
      'cache_write;ttl=1h;tier=200000': '12',
      'cache_write;tier=200000': '7.5',
    })
    expect(catalog?.amounts('qwen/qwen3-max')).toMatchObject({
      'input;tier=32000': '1.56',
      'input;tier=128000': '1.95',
    })
  })

  it('come out as models.dev and LiteLLM write them', () => {
    expect(catalog?.modelsDev('openrouter', 'anthropic/claude-sonnet-4.5')).toMatchObject({
      input: 3,
      cache_write: 3.75,
      tiers: [
        {
          input: 6,
          output: 22.5,
          cache_read: 0.6,
          cache_write: 7.5,
          tier: { type: 'context', size: 200_000 },
        },
      ],
      context_over_200k: { input: 6, output: 22.5, cache_read: 0.6, cache_write: 7.5 },
    })
    expect(catalog?.litellm('openrouter/anthropic/claude-sonnet-4.5')).toMatchObject({
      input_cost_per_token: 0.000003,
      input_cost_per_token_above_200k_tokens: 0.000006,
      cache_creation_input_token_cost_above_1hr: 0.000006,
      cache_creation_input_token_cost_above_1hr_above_200k_tokens: 0.000012,
      search_context_cost_per_query: { search_context_size_medium: 0.01 },
    })
  })
})

describe.skipIf(!hasSharedData)(
  `hours and dates that genai-prices published${sharedDataNote}`,
  () => {
    const catalog = hasSharedData
      ? exported(genaiPrices, readShared('upstreams/genai-prices/2026-08-21.v2.data.json'))
      : undefined
    const million = new Map<Meter, string>([['input', '1000000']])
    const costAt = (id: string, moment: string) => {
      const sheet = catalog?.stated(id)
      return sheet && costOf(sheet, million, { at: new Date(moment) }).total
    }

    it('cost what they do at the hour', () => {
      expect(costAt('deepseek-chat', '2026-08-21T10:00:00Z')).toBe('0.27')
      expect(costAt('deepseek-chat', '2026-08-21T16:30:00Z')).toBe('0.135')
      expect(costAt('deepseek-chat', '2026-08-21T00:29:59Z')).toBe('0.135')
    })

    it('cost what they do on the day', () => {
      expect(costAt('o3', '2025-06-09T23:59:59Z')).toBe('10')
      expect(costAt('o3', '2025-06-10T00:00:00Z')).toBe('2')
      expect(costAt('gemini-3.7-flash', '2026-12-31T12:00:00Z')).toBe('0.75')
      expect(costAt('gemini-3.7-flash', '2027-01-01T00:00:00Z')).toBe('1.5')
    })

    it('come out as the price outside of the hours where a format has none', () => {
      expect(catalog?.modelsDev('deepseek', 'deepseek-chat')).toEqual({
        input: 0.135,
        output: 0.55,
        cache_read: 0.035,
      })
      expect(catalog?.litellm('deepseek/deepseek-chat')).toMatchObject({
        input_cost_per_token: 0.000000135,
        off_peak_pricing: { hours_utc: ['00:30-16:30'], input_cost_per_token: 0.00000027 },
      })
    })

    it('come out as the price of today where others are announced', () => {
      expect(catalog?.modelsDev('google', 'gemini-3.7-flash')).toMatchObject({ input: 0.75 })
      expect(catalog?.litellm('gemini/gemini-3.7-flash')).toMatchObject({
        input_cost_per_token: 0.00000075,
      })
    })
  },
)

describe.skipIf(!hasSharedData)(`regions that LiteLLM published${sharedDataNote}`, () => {
  const catalog = hasSharedData
    ? exported(litellm, readShared('upstreams/litellm/series/2026-07-24.model_prices.json.gz'))
    : undefined

  it('come out in rows of their own, and never as the price of the model', () => {
    const id = 'anthropic.claude-instant-v1'
    expect(catalog?.modelsDev('amazon-bedrock', id)).toEqual({ input: 0.8, output: 2.4 })
    expect(catalog?.litellm(id)).toMatchObject({ input_cost_per_token: 0.0000008 })
    expect(catalog?.litellm(`bedrock/eu-central-1/${id}`)).toMatchObject({
      input_cost_per_token: 0.00000248,
    })
  })

  it('cost what they do in the region, and nothing else is taken for it', () => {
    const sheet = catalog?.stated('meta.llama3-70b-instruct-v1:0')
    const usage = new Map<Meter, string>([['input', '1000000']])
    const cost = (region?: string) =>
      sheet && costOf(sheet, usage, { at: new Date('2026-07-24'), region }).lines[0]
    expect(cost('eu-west-2')).toMatchObject({ component: 'input;region=eu-west-2', amount: '3.45' })
    expect(cost()).toMatchObject({ component: 'input', amount: '2.65' })
    // A region that nobody prices apart: the line says that it is the price of no region.
    expect(cost('eu-north-1')).toMatchObject({ component: 'input' })
  })
})

describe('what a format cannot say', () => {
  const fixture = (name: string) =>
    readFileSync(new URL(`../fixtures/upstreams/${name}.json`, import.meta.url), 'utf8')

  it('is left out, as prices in another currency are', () => {
    const catalog = exported(alibabaCn, fixture('alibaba-cn'))
    expect(catalog.models.some(({ prices }) => prices.currency === 'CNY')).toBe(true)
    expect(catalog.modelsDev('alibaba-cn', 'qwen3-max')).toBeUndefined()
    expect(JSON.stringify(catalog.litellm('alibaba_cn/qwen3-max'))).not.toContain('cost')
  })

  it('is left out, as modes are at models.dev, which LiteLLM has names for', () => {
    const catalog = exported(fireworks, fixture('fireworks'))
    const model = catalog.models.find(({ prices }) =>
      prices.components.some(({ mode }) => mode === 'priority'),
    )
    const amounts = model && catalog.amounts(model.modelId)
    const row = model && catalog.litellm(`fireworks_ai/${model.modelId}`)
    expect(amounts?.['input;mode=priority']).toBeDefined()
    expect(Number(row?.['input_cost_per_token_priority']) * 1e6).toBeCloseTo(
      Number(amounts?.['input;mode=priority']),
    )
    const cost = model && catalog.modelsDev('fireworks-ai', model.modelId)
    expect(Object.keys(cost ?? {}).sort()).toEqual(['cache_read', 'input', 'output'])
  })
})

/** A catalog that knows one payload, and what the formats make of it. */
function exported(upstream: Upstream, body: string) {
  const read = readPayload(upstream, body)
  const { providers, models } = catalogOf(upstream, read)
  const listings = [...read.slices.values()].flatMap((slice) => slice.listings)
  const tree: Tree = JSON.parse(renderModelsDev(providers, models))
  const map: Record<string, Row | undefined> = JSON.parse(renderLitellm(models))
  return {
    models,
    stated: (id: string) => listings.find(({ modelId }) => modelId === id)?.prices,
    amounts: (id: string): Record<string, string> =>
      Object.fromEntries(
        (models.find(({ modelId }) => modelId === id)?.prices.components ?? []).map((one) => [
          componentKey(one),
          one.amount,
        ]),
      ),
    modelsDev: (provider: string, id: string) => tree[provider]?.models[id]?.cost,
    litellm: (key: string) => map[key],
  }
}

type Row = Record<string, unknown>
type Tree = Record<string, { models: Record<string, { cost?: Row } | undefined> } | undefined>
