import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { componentKey, flatAmount, type PriceWindow } from '../../src/catalog/price.ts'
import { costOf } from '../../src/catalog/cost.ts'
import type { Listing } from '../../src/catalog/listing.ts'
import { parseJson } from '../../src/json.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { offPeakWindows } from '../../src/upstreams/litellm-off-peak.ts'
import { placeOf } from '../../src/upstreams/litellm-regions.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote } from '../support/shared-data.ts'

const fixture = readFileSync(new URL('../fixtures/upstreams/litellm.json', import.meta.url), 'utf8')
const listings = listingsOf(fixture)

describe('a region’s row', () => {
  it('is part of the model, whose price stays its own', () => {
    const { prices, fields } = listingFor('amazon-bedrock/lab.iota-v1:0')
    expect(amountsOf(prices.components)).toEqual({
      'cache_read;region=ap-northeast-1': '0.22',
      input: '0.8',
      'input;region=ap-northeast-1': '2.23',
      'input;tier=200000': '1.6',
      'input_time;mode=1-month-commitment;region=ap-northeast-1;unit=second': '0.0455',
      'input_time;mode=6-month-commitment;unit=second': '0.0066027',
      'output_time;mode=1-month-commitment;region=ap-northeast-1;unit=second': '0.0455',
      'web_search;region=ap-northeast-1;variant=medium;unit=each': '0.02',
    })
    expect(fields).toMatchObject({ maxInputTokens: 100_000, vision: true })
    expect(amountsOf(listingFor('azure/kappa').prices.components)).toMatchObject({
      input: '2.5',
      'input;region=eu': '2.75',
      'input;mode=priority;region=eu': '5.5',
      'input;region=global-standard': '2.5',
    })
  })

  it('is no price of a model that has none of its own', () => {
    const { prices, fields, extra } = listingFor('amazon-bedrock/theta')
    expect(amountsOf(prices.components)).toEqual({
      'input;region=eu-west-1': '2.5',
      'input;region=us-east-1': '2',
    })
    expect(flatAmount(prices, 'input')).toBeUndefined()
    expect(fields).toEqual({ type: 'chat' })
    expect(extra['key']).toBeUndefined()
  })

  it('keeps what it states otherwise than the model', () => {
    const { extra } = listingFor('amazon-bedrock/lab.iota-v1:0')
    expect(extra['placed_rows']).toMatchObject([
      { key: 'bedrock/*/6-month-commitment/lab.iota-v1:0', mode: '6-month-commitment' },
      {
        key: 'bedrock/ap-northeast-1/1-month-commitment/lab.iota-v1:0',
        row: { litellm_provider: 'bedrock', max_input_tokens: 50_000 },
        fields: ['mode'],
      },
      {
        key: 'bedrock/ap-northeast-1/lab.iota-v1:0',
        region: 'ap-northeast-1',
        row: { max_tokens: 8191 },
        fields: ['max_input_tokens', 'mode'],
      },
    ])
  })

  it.each([
    ['a price that is none', { litellm_provider: 'bedrock', input_cost_per_token: -0.5 }],
    ['another vendor', { litellm_provider: 'openai', input_cost_per_token: 1e-6 }],
    ['a dynamic price', { litellm_provider: 'bedrock', input_cost_per_token: -1 }],
    ['no object', 'none'],
  ])('with %s does not touch the model', (_, row) => {
    const own = { litellm_provider: 'bedrock', input_cost_per_token: 2e-6 }
    const map = { 'lab.x': own, 'bedrock/us-east-1/lab.x': row }
    const { slices } = readPayload(litellm, JSON.stringify(map))
    const model = slices.get('amazon-bedrock')?.listings.find(({ modelId }) => modelId === 'lab.x')
    expect(amountsOf(model?.prices.components ?? [])).toEqual({ input: '2' })
    expect(model?.extra['placed_rows']).toBeUndefined()
  })

  it('goes to its model whatever the order of the rows', () => {
    const rows = Object.entries(parseJson(fixture) ?? {})
    const backwards = listingsOf(JSON.stringify(Object.fromEntries(rows.toReversed())))
    expect([...backwards].sort(byKey)).toEqual([...listings].sort(byKey))
  })

  it.each([
    ['bedrock/us-gov-east-1/m', { region: 'us-gov-east-1', modelKeys: ['bedrock/m', 'm'] }],
    ['bedrock_mantle/us-gov-west-1/a.b', { modelKeys: ['bedrock_mantle/a.b'] }],
    ['bedrock/*/1-month-commitment/m', { mode: '1-month-commitment' }],
    ['azure_ai/global/grok-3', { region: 'global', modelKeys: ['azure_ai/grok-3'] }],
  ])('%s is one', (key, place) => {
    expect(placeOf(key)).toMatchObject(place)
  })

  it.each([
    'us.anthropic.claude-sonnet-4',
    'bedrock/invoke/anthropic.claude-3',
    'bedrock/*/m',
    'azure/hd/1024-x-1024/dall-e-3',
    'azure/eu/',
    '512-x-512/50-steps/stability',
    'openai/eu/gpt-5',
  ])('%s is none', (key) => {
    expect(placeOf(key)).toBeUndefined()
  })
})

describe('tiers', () => {
  it('apply to the whole request from the lower bound on', () => {
    const { prices, extra } = listingFor('alibaba/lambda')
    expect(amountsOf(prices.components)).toEqual({
      cache_read: '0.1',
      'cache_read;tier=32000': '0.18',
      input: '1',
      'input;tier=32000': '1.8',
      output: '5',
      'output;tier=32000': '9',
    })
    expect(extra['tiered_pricing']).toBeUndefined()
  })

  it('of search results are told apart by their number', () => {
    expect(amountsOf(listingFor('exa-ai/mu').prices.components)).toEqual({
      'query;variant=0-25 results;unit=each': '0.005',
      'query;variant=26-100 results;unit=each': '0.025',
    })
  })

  const input = 'input_cost_per_token'
  it.each([
    [
      'gaps',
      [
        { range: [0, 10], [input]: 1e-6 },
        { range: [20, 30], [input]: 2e-6 },
      ],
    ],
    ['no beginning', [{ range: [10, 20], [input]: 1e-6 }]],
    ['no price of the input', [{ range: [0, 10], output_cost_per_token: 1e-6 }]],
    ['a price that is none', [{ range: [0, 10], [input]: 'cheap' }]],
    ['a negative price', [{ range: [0, 10], [input]: -3 }]],
    ['no bounds', [{ [input]: 1e-6 }]],
    ['bounds of another kind', [{ range: ['0', '10'], [input]: 1e-6 }]],
    ['both kinds', [{ range: [0, 10], max_results_range: [0, 5], [input]: 1e-6 }, {}]],
    ['nothing', []],
  ])('with %s stay as they are stated', (_, tiers) => {
    const { prices, extra } = rowListing({ input_cost_per_token: 3e-6, tiered_pricing: tiers })
    expect(amountsOf(prices.components)).toEqual({ input: '3' })
    expect(JSON.parse(JSON.stringify(extra['tiered_pricing']))).toEqual(tiers)
  })

  it('count where a plain price beside them says something else', () => {
    const tiers = [
      { range: [0, 10], input_cost_per_token: 1e-6 },
      { range: [10, 20], input_cost_per_token: 2e-6 },
    ]
    const { prices, extra } = rowListing({ input_cost_per_token: 9e-6, tiered_pricing: tiers })
    expect(amountsOf(prices.components)).toEqual({ input: '1', 'input;tier=10': '2' })
    expect(extra).toMatchObject({ input_cost_per_token: { text: '0.000009' } })
  })
})

describe('off-peak rates', () => {
  it('have the hours of every day in UTC', () => {
    const { prices } = rowListing({
      input_cost_per_token: 2.7e-7,
      off_peak_pricing: { hours_utc: '16:30-00:30', input_cost_per_token: 1.35e-7 },
    })
    expect(amountsOf(prices.components)).toEqual({
      input: '0.27',
      'input;window=@16:30-00:30': '0.135',
    })
  })

  it('have the weekdays of another calendar turned into those of UTC', () => {
    const amounts = amountsOf(listingFor('deepseek/nu').prices.components)
    expect(amounts).toMatchObject({
      input: '0.3',
      'input;window=12345@04:00-06:00': '0.15',
      'input;window=12345@10:00-16:00': '0.15',
      'input;window=12347@16:00-00:00': '0.15',
      'input;window=12345@00:00-01:00': '0.15',
      'input;window=67@00:00-16:00': '0.15',
      'input;window=56@16:00-00:00': '0.15',
      'cache_read;window=67@00:00-16:00': '0.003',
      output: '1.2',
    })
    expect(Object.keys(amounts)).toHaveLength(15)
  })

  it.each([
    ['2026-09-04T12:00:00Z', '0.15'],
    ['2026-09-04T02:00:00Z', '0.3'],
    ['2026-09-04T17:30:00Z', '0.15'],
    ['2026-09-05T07:00:00Z', '0.15'],
    ['2026-09-06T16:30:00Z', '0.15'],
    ['2026-09-07T02:00:00Z', '0.3'],
  ])('at %s a million tokens cost %s', (moment, total) => {
    const usage = new Map([['input', '1000000'] as const])
    const { prices } = listingFor('deepseek/nu')
    expect(costOf(prices, usage, { at: new Date(moment) }).total).toBe(total)
  })

  it('mean at every moment what LiteLLM takes them for', () => {
    const clock = fc
      .nat({ max: 24 * 4 - 1 })
      .map((quarter) => new Date(quarter * 900_000).toISOString().slice(11, 16))
    const hours = fc.tuple(clock, clock).map(([from, to]) => `${from}-${to}`)
    const weekdays = fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 })
    const rules = fc.array(
      fc.record({ hours_utc: fc.array(hours, { minLength: 1, maxLength: 2 }), weekdays }),
      { minLength: 1, maxLength: 3 },
    )
    const zones = fc.constantFrom('UTC', 'Asia/Shanghai', 'Asia/Tokyo')
    const quarters = fc.nat({ max: 7 * 24 * 4 - 1 })
    fc.assert(
      fc.property(rules, zones, quarters, (windows, zone, quarter) => {
        const moment = new Date(Date.UTC(2026, 5, 1) + quarter * 900_000)
        const read = offPeakWindows({ windows, weekday_timezone: zone })
        expect(read?.some((window) => isOpen(window, moment))).toBe(
          windows.some((rule) => matchesRule(rule, zone, moment)),
        )
      }),
    )
  })

  it.each([
    ['no hours', { input_cost_per_token: 1e-6 }],
    ['hours that are none', { hours_utc: '25:00-26:00', input_cost_per_token: 1e-6 }],
    ['a weekday that is none', { windows: [{ hours_utc: '00:00-01:00', weekdays: [8] }] }],
    [
      'a calendar with a changing clock',
      {
        windows: [{ hours_utc: '00:00-01:00', weekdays: [1] }],
        weekday_timezone: 'Europe/Berlin',
        input_cost_per_token: 1e-6,
      },
    ],
    ['a price that is none', { hours_utc: '01:00-02:00', input_cost_per_token: 'half' }],
    ['no price', { hours_utc: '01:00-02:00' }],
  ])('with %s stay as they are stated', (_, block) => {
    const { prices, extra } = rowListing({ input_cost_per_token: 3e-6, off_peak_pricing: block })
    expect(amountsOf(prices.components)).toEqual({ input: '3' })
    expect(JSON.parse(JSON.stringify(extra['off_peak_pricing']))).toEqual(block)
  })
})

describe('further prices', () => {
  it('of a search depend on its size, and are per prompt at Google', () => {
    const { prices, extra } = listingFor('google/xi')
    expect(amountsOf(prices.components)).toMatchObject({
      'web_search;variant=per_prompt;unit=each': '0.035',
    })
    expect(extra['search_context_cost_per_query']).toEqual({ search_context_size_unlimited: 'ask' })
    const stated = { search_context_cost_per_query: { search_context_size_low: 0.014 } }
    const perQuery = { ...stated, litellm_provider: 'gemini', web_search_billing_unit: 'per_query' }
    expect(amountsOf(rowListing(perQuery).prices.components)).toEqual({
      'web_search;variant=low;unit=each': '0.014',
    })
  })

  it('are raised for every token where OpenAI processes in a region', () => {
    const { prices, extra } = listingFor('openai/gpt-omicron')
    expect(amountsOf(prices.components)).toEqual({
      input: '5',
      'input;region=eu': '5.5',
      'input;tier=272000': '10',
      'input;tier=272000;region=eu': '11',
    })
    expect(extra).toMatchObject({ regional_processing_uplift_multiplier_eu: { text: '1.1' } })
  })

  it('that vendors do not agree on stay as they are stated', () => {
    const unread = {
      provider_specific_entry: { us: 1.1, fast: 6 },
      regional_endpoint_uplift_multiplier: 1.1,
      input_dbu_cost_per_token: 1.4e-6,
    }
    const { prices, extra } = rowListing(unread)
    expect(prices.components).toEqual([])
    expect(JSON.parse(JSON.stringify(extra))).toMatchObject(unread)
  })
})

describe.skipIf(!hasSharedData)(`the map of 2026-07${sharedDataNote}`, () => {
  const recorded = hasSharedData
    ? listingsOf(readShared('upstreams/litellm/series/2026-07-24.model_prices.json.gz'))
    : new Map<string, Listing>()
  const amountFor = (id: string, key: string) =>
    amountsOf(listingFor(id, recorded).prices.components)[key]

  // Published by AWS, Microsoft, Alibaba, Perplexity and OpenAI, as their price lists had them then.
  it.each([
    ['amazon-bedrock/anthropic.claude-instant-v1', 'input', '0.8'],
    ['amazon-bedrock/anthropic.claude-instant-v1', 'input;region=ap-northeast-1', '2.23'],
    ['amazon-bedrock/anthropic.claude-instant-v1', 'output;region=eu-central-1', '8.38'],
    ['amazon-bedrock/meta.llama3-70b-instruct-v1:0', 'input;region=eu-west-2', '3.45'],
    ['amazon-bedrock/meta.llama3-70b-instruct-v1:0', 'input', '2.65'],
    ['amazon-bedrock/moonshotai.kimi-k2-thinking', 'input;region=us-west-2', '0.6'],
    ['amazon-bedrock/moonshotai.kimi-k2-thinking', 'input', '0.73'],
    [
      'amazon-bedrock/anthropic.claude-v1',
      'input_time;mode=1-month-commitment;region=us-east-1;unit=second',
      '0.0175',
    ],
    ['azure/gpt-5.1', 'input', '1.25'],
    ['azure/gpt-5.1', 'input;region=eu', '1.38'],
    ['azure/gpt-5.1', 'input;region=global', '1.25'],
    ['azure/gpt-4.1-2025-04-14', 'output;mode=batch;region=us', '4.4'],
    ['alibaba/qwen3-coder-plus', 'input', '1'],
    ['alibaba/qwen3-coder-plus', 'input;tier=32000', '1.8'],
    ['alibaba/qwen3-coder-plus', 'output;tier=256000', '60'],
    ['alibaba/qwen-plus-latest', 'reasoning;tier=256000', '12'],
    ['perplexity/sonar-pro', 'web_search;variant=high;unit=each', '0.014'],
    ['perplexity/sonar-pro', 'web_search;unit=each', undefined],
    ['anthropic/claude-opus-4-6', 'web_search;unit=each', '0.01'],
    ['google/gemini-2.5-pro', 'web_search;variant=per_prompt;unit=each', '0.035'],
    ['google/gemini-3-flash-preview', 'web_search;unit=each', '0.014'],
    ['openai/gpt-5.5', 'input;tier=272000;region=eu', '11'],
    ['openai/gpt-5.5', 'output;mode=flex;region=us', '16.5'],
  ])('%s: %s is %s', (id, key, amount) => {
    expect(amountFor(id, key)).toBe(amount)
  })

  it('has no model of a region, and no ladder left unread', () => {
    const ids = [...recorded.keys()]
    expect(
      ids.filter((id) => /^(amazon-bedrock\/(.+-\d|\*)|azure\/(eu|us|global))\//.test(id)),
    ).toEqual([])
    const unread = [...recorded.values()].filter(({ extra }) =>
      ['tiered_pricing', 'off_peak_pricing', 'search_context_cost_per_query'].some(
        (name) => name in extra,
      ),
    )
    expect(unread).toEqual([])
  })
})

function isOpen({ from, to, days }: PriceWindow, moment: Date): boolean {
  const time = moment.toISOString().slice(11, 16)
  const isInHours = from < to ? from <= time && time < to : time >= from || time < to
  const began = from >= to && time < to ? new Date(moment.getTime() - 86_400_000) : moment
  return isInHours && (days === undefined || days.includes(began.getUTCDay() || 7))
}

/** As the documentation of `off_peak_pricing` has it. */
function matchesRule(
  { hours_utc: hours, weekdays }: { hours_utc: string[]; weekdays: number[] },
  zone: string,
  moment: Date,
): boolean {
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  const day = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: zone }).format(moment)
  return (
    weekdays.includes(names.indexOf(day) + 1) &&
    hours.some((span) => {
      const [from = '', to = ''] = span.split('-')
      return isOpen({ from, to }, moment)
    })
  )
}

/** By provider and model id. */
function listingsOf(body: string): Map<string, Listing> {
  const { slices } = readPayload(litellm, body)
  const all = [...slices.values()].flatMap((slice) => slice.listings)
  return new Map(all.map((listing) => [`${listing.provider}/${listing.modelId}`, listing]))
}

function listingFor(id: string, among = listings): Listing {
  const found = among.get(id)
  if (!found) throw new Error(`no listing of ${id}`)
  return found
}

function rowListing(row: object): Listing {
  return listingFor(
    [...listingsOf(JSON.stringify({ m: { litellm_provider: 'x', ...row } })).keys()][0] ?? '',
    listingsOf(JSON.stringify({ m: { litellm_provider: 'x', ...row } })),
  )
}

function amountsOf(components: Listing['prices']['components']): Record<string, string> {
  return Object.fromEntries(components.map((each) => [componentKey(each), each.amount]))
}

function byKey([a]: [string, Listing], [b]: [string, Listing]): number {
  return a < b ? -1 : 1
}
