import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flatAmount, componentKey } from '../../src/catalog/price.ts'
import { isJsonObject, parseJson, type JsonObject } from '../../src/json.ts'
import type { ReadPayload } from '../support/catalog-of.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { componentOf, nameOf, presentName } from '../../src/upstreams/litellm-prices.ts'
import { canonicalProvider, litellmIdentity } from '../../src/upstreams/litellm-providers.ts'
import { twinsOf } from '../../src/upstreams/litellm-twins.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

const fixture = readFileSync(new URL('../fixtures/upstreams/litellm.json', import.meta.url), 'utf8')
const folder = 'upstreams/litellm/series'

describe('a row of the cost map', () => {
  const snapshot = readPayload(litellm, fixture)

  it('becomes a listing of the provider by its canonical id', () => {
    expect(idsOf(snapshot)).toEqual([
      'alibaba lambda',
      'amazon-bedrock lab.iota-v1:0',
      'amazon-bedrock theta',
      'anthropic alpha-1',
      'azure kappa',
      'azure tts-zeta',
      'black-forest-labs eta',
      'deepseek gamma',
      'deepseek gamma-old',
      'deepseek gamma-torn',
      'deepseek nu',
      'exa-ai mu',
      'google xi',
      'google-vertex epsilon-image',
      'google-vertex-anthropic claude-delta',
      'openai beta-2',
      'openai gpt-omicron',
      'openai openai/beta-2',
    ])
    expect(snapshot.rejects).toEqual([])
  })

  it('states limits, capabilities and the type', () => {
    expect(listingOf(snapshot, 'alpha-1').fields).toEqual({
      contextWindow: 200_000,
      maxInputTokens: 200_000,
      maxOutputTokens: 64_000,
      deprecatedAt: '2027-01-31',
      functionCalling: true,
      vision: true,
      inputModalities: ['text', 'image'],
      type: 'chat',
    })
    expect(listingOf(snapshot, 'vertex_ai/epsilon-image').fields).toEqual({
      type: 'image',
      imageGeneration: true,
    })
    expect(listingOf(snapshot, 'azure/tts-zeta').fields).toEqual({ type: 'speech', audio: true })
  })

  it('keeps what is not of the field’s kind as it is', () => {
    const { fields, extra } = listingOf(snapshot, 'openai/beta-2')
    expect(fields).toEqual({ type: 'chat' })
    expect(extra).toEqual({
      key: 'openai/beta-2',
      litellm_provider: 'openai',
      max_input_tokens: '128000',
      max_output_tokens: 0,
      mode: 'responses',
      output_cost_per_token: null,
      deprecation_date: 'next year',
      supports_vision: 'yes',
    })
  })

  it('states prices in USD per million tokens, and per unit for all else', () => {
    expect(amountsOf(snapshot, 'alpha-1')).toEqual({
      cache_read: '0.3',
      cache_write: '3.75',
      'cache_write;ttl=1h': '6',
      'cache_write;ttl=1h;tier=200000': '12',
      input: '3',
      'input;mode=batch': '1.5',
      'input;tier=200000': '6',
      output: '15',
      'web_search;variant=medium;unit=each': '0.01',
    })
    expect(amountsOf(snapshot, 'openai/beta-2')).toEqual({ input: '2.9999900000000002' })
    expect(amountsOf(snapshot, 'azure/tts-zeta')).toEqual({
      'input_character;unit=character': '0.000015',
    })
    expect(amountsOf(snapshot, 'vertex_ai/epsilon-image')).toEqual({
      'output_image_each;unit=each': '0.04',
    })
  })

  it('may use an older name of a price, which counts unless it contradicts', () => {
    const statements = ['deepseek/gamma', 'deepseek/gamma-old', 'deepseek/gamma-torn'].map(
      (key) => [amountsOf(snapshot, key)['cache_read'], listingOf(snapshot, key).extra],
    )
    expect(statements).toMatchObject([
      ['0.028', { price_names: { cache_read_input_token_cost: { length: 2 } } }],
      [
        '0.014',
        { price_names: { cache_read_input_token_cost: ['input_cost_per_token_cache_hit'] } },
      ],
      ['0.028', { input_cost_per_token_cache_hit: { text: '0.000000014' } }],
    ])
  })

  it.each([
    [{ litellm_provider: 'openai', input_cost_per_token: -0.5 }, 'price_negative'],
    [{ litellm_provider: 'openai', input_cost_per_token: 3 }, 'price_absurd'],
    [{ litellm_provider: 'openai', input_cost_per_token: 'cheap' }, 'price_not_a_number'],
    [{ mode: 'chat' }, 'id_empty'],
    [{ litellm_provider: 'a/b', mode: 'chat' }, 'id_empty'],
  ])('%j is rejected as %s, and the others are taken', (row, reason) => {
    const { slices, rejects } = readPayload(litellm, JSON.stringify({ good, bad: row }))
    expect(rejects.map((reject) => reject.reason)).toEqual([reason])
    expect(slices.get('xai')?.listings).toHaveLength(1)
  })

  it('that states -1 is dynamic', () => {
    const row = { litellm_provider: 'openrouter', input_cost_per_token: -1 }
    const listing = listingOf(readPayload(litellm, JSON.stringify({ 'openrouter/auto': row })), '')
    expect(listing.prices).toEqual({ dynamic: true, components: [] })
  })
})

const good = { litellm_provider: 'xai', mode: 'chat' }

describe('ids', () => {
  const words = ['openai', 'azure', 'azure_ai', 'jina_ai', 'jina-ai', 'fireworks_ai', 'x_y']
  const segments = fc.constantFrom(...words, 'm', 'n', 'accounts/fireworks/models')
  const maps = fc.dictionary(
    fc.array(segments, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    fc.record({
      litellm_provider: fc.constantFrom(...words),
      input_cost_per_token: fc.constantFrom(1e-6, 2e-6, 3e-6),
    }),
    { minKeys: 1, maxKeys: 12 },
  )

  it('are distinct, and the same in whatever order the rows come', () => {
    fc.assert(
      fc.property(maps, (map) => {
        const forwards = readPayload(litellm, JSON.stringify(map))
        const backwards = Object.fromEntries(Object.entries(map).reverse())
        expect(forwards.rejects).toEqual([])
        expect(new Set(idsOf(forwards)).size).toBe(idsOf(forwards).length)
        expect(keysOf(forwards)).toEqual(
          Object.keys(map)
            .map((key) => JSON.stringify(key))
            .sort(),
        )
        expect(keysById(readPayload(litellm, JSON.stringify(backwards)))).toEqual(
          keysById(forwards),
        )
      }),
    )
  })

  it('belong to the preferred prefix where keys differ in nothing else', () => {
    const map = {
      'azure_ai/m': { litellm_provider: 'azure_ai', input_cost_per_token: 2e-6 },
      'azure/m': { litellm_provider: 'azure', input_cost_per_token: 8e-6 },
    }
    expect(keysById(readPayload(litellm, JSON.stringify(map)))).toEqual({
      'azure m': 'azure/m',
      'azure azure_ai/m': 'azure_ai/m',
    })
  })

  it('belong to the first key where two spellings of a vendor come together', () => {
    const rows: [string, object][] = [
      ['jina_ai/m', { litellm_provider: 'jina_ai', mode: 'rerank' }],
      ['jina-ai/m', { litellm_provider: 'jina-ai', mode: 'embedding' }],
    ]
    for (const ordered of [rows, rows.toReversed()])
      expect(keysById(readPayload(litellm, JSON.stringify(Object.fromEntries(ordered))))).toEqual({
        'jina-ai m': 'jina-ai/m',
        'jina-ai jina_ai/m': 'jina_ai/m',
      })
  })

  it('are one where a row says the same with and without the prefix', () => {
    const row = { litellm_provider: 'gemini', mode: 'chat', input_cost_per_token: 1e-6 }
    const map = {
      'gemini/pro': { ...row, source: 'a page' },
      pro: { ...row, tpm: 8 },
      'gemini/flash': row,
      flash: { ...row, input_cost_per_token: 2e-6 },
    }
    const payload = readPayload(litellm, JSON.stringify(map))
    expect(keysById(payload)).toEqual({
      'google flash': 'flash',
      'google gemini/flash': 'gemini/flash',
      'google pro': 'pro',
    })
    expect(listingOf(payload, 'pro').extra).toEqual({
      key: 'pro',
      litellm_provider: 'gemini',
      tpm: 8,
      twin_rows: [{ key: 'gemini/pro', litellm_provider: 'gemini', source: 'a page' }],
    })
  })

  it('are the paths of Fireworks, which some rows leave out', () => {
    const row = { litellm_provider: 'fireworks_ai', mode: 'chat', input_cost_per_token: 1e-6 }
    const map = {
      'fireworks_ai/kimi': row,
      'fireworks_ai/accounts/fireworks/models/kimi': row,
      'fireworks_ai/glm-fast': { ...row, input_cost_per_token: 2e-6 },
      'fireworks_ai/accounts/fireworks/routers/glm-fast': row,
      'fireworks_ai/16b': row,
    }
    const payload = readPayload(litellm, JSON.stringify(map))
    expect(keysById(payload)).toEqual({
      'fireworks-ai 16b': 'fireworks_ai/16b',
      'fireworks-ai accounts/fireworks/models/kimi': 'fireworks_ai/accounts/fireworks/models/kimi',
      'fireworks-ai accounts/fireworks/routers/glm-fast':
        'fireworks_ai/accounts/fireworks/routers/glm-fast',
      'fireworks-ai glm-fast': 'fireworks_ai/glm-fast',
    })
  })

  it('a payload that is no map of rows is refused as a whole', () => {
    for (const body of ['[]', '{}', '{"error":{}}'])
      expect(() => readPayload(litellm, body)).toThrow('did not answer with an object of models')
  })
})

describe('the vocabulary of vendors', () => {
  it.each([
    ['gemini', 'google'],
    ['vertex_ai-language-models', 'google-vertex'],
    ['vertex_ai-anthropic_models', 'google-vertex-anthropic'],
    ['bedrock_converse', 'amazon-bedrock'],
    ['azure_text', 'azure'],
    ['fireworks_ai-embedding-models', 'fireworks-ai'],
    ['Lambda_AI', 'lambda-ai'],
    ['one of a/b', undefined],
  ])('%s is %s', (word, provider) => {
    expect(canonicalProvider(word)).toBe(provider)
  })

  it('leads back to the same provider', () => {
    for (const provider of ['openai', 'google', 'azure', 'togetherai', 'lambda-ai', 'deepinfra'])
      expect(canonicalProvider(litellmIdentity(provider, 'm').litellmProvider)).toBe(provider)
  })
})

describe('the grammar of prices', () => {
  it.each([
    ['input_cost_per_token_above_200k_tokens_priority', 'input;mode=priority;tier=200000'],
    ['output_cost_per_image_token_batches', 'output_image;mode=batch'],
    ['output_cost_per_second_1080p', 'output_time;variant=1080p;unit=second'],
    ['input_cost_per_character_above_128k_tokens', 'input_character;tier=128000;unit=character'],
    ['cache_creation_input_token_cost_above_1hr', 'cache_write;ttl=1h'],
    ['input_cost_per_token_batch_requests', 'input;mode=batch'],
    ['output_cost_per_token_ultrafast', 'output;mode=ultrafast'],
    ['input_cost_per_token_above_1500_tokens', 'input;tier=1500'],
  ])('%s is %s', (name, key) => {
    expect(keyOf(name)).toBe(key)
  })

  it.each([
    'input_cost_per_token_above_1hr',
    'input_cost_per_token_above_0k_tokens',
    'input_cost_per_token_priority_above_200k_tokens',
    'input_dbu_cost_per_token',
    'search_context_cost_per_query',
    'tiered_pricing',
    'constructor',
  ])('%s is not in it', (name) => {
    expect(componentOf(name)).toBeUndefined()
  })

  it.each([
    { meter: 'input', region: 'eu' },
    { meter: 'input', mode: 'turbo' },
    { meter: 'input', minTokens: 1.5 },
    { meter: 'input', minTokens: 2000, tierSemantics: 'marginal' },
    { meter: 'input', ttl: '1h' },
    { meter: 'cache_write', ttl: '30m' },
    { meter: 'compute_time', unit: 'second' },
  ] as const)('cannot say %j', (term) => {
    expect(nameOf(term)).toBeUndefined()
  })

  it.skipIf(!hasSharedData)(
    `reads every name that was ever seen both ways${sharedDataNote}`,
    () => {
      const names = [...seenNames()].filter((name) => componentOf(name))
      expect(names.length).toBeGreaterThan(80)
      for (const name of names) expect(nameOf(termOf(name))).toBe(presentName(name))
      const present = names.filter((name) => presentName(name) === name)
      expect(new Set(present.map(keyOf)).size).toBe(present.length)
    },
  )
})

describe.skipIf(!hasSharedData)(`the recorded series${sharedDataNote}`, () => {
  it.each(sharedFiles(folder, '.gz'))('%s is taken whole', (file) => {
    const snapshot = readPayload(litellm, readShared(`${folder}/${file}`))
    expect(snapshot.rejects).toEqual([])
    expect(snapshot.entries).toBeGreaterThan(690)
    expect(idsOf(snapshot)).toHaveLength(snapshot.entries)
  })

  it('gpt-4o costs what OpenAI asks', () => {
    const [newest = ''] = sharedFiles(folder, '.gz').reverse()
    const snapshot = readPayload(litellm, readShared(`${folder}/${newest}`))
    expect(amountsOf(snapshot, 'gpt-4o')).toMatchObject({
      input: '2.5',
      output: '10',
      'input;mode=batch': '1.25',
      'input;mode=priority': '4.25',
    })
    expect(flatAmount(listingOf(snapshot, 'gpt-4o').prices, 'cache_read')).toBe('1.25')
  })
})

function listingsOf({ slices }: ReadPayload) {
  return [...slices.values()].flatMap(({ listings }) => listings)
}

/** By the map's key; the first one for ''. */
function listingOf(snapshot: ReadPayload, key: string) {
  const found = listingsOf(snapshot).find(({ extra }) => key === '' || extra['key'] === key)
  if (!found) throw new Error(`no listing of ${key}`)
  return found
}

function idsOf(snapshot: ReadPayload): string[] {
  return listingsOf(snapshot)
    .map(({ provider, modelId }) => `${provider} ${modelId}`)
    .sort()
}

function keysById(snapshot: ReadPayload): JsonObject {
  return Object.fromEntries(
    listingsOf(snapshot).map(({ provider, modelId, extra }) => [
      `${provider} ${modelId}`,
      extra['key'] ?? null,
    ]),
  )
}

/** Of all rows, those of twins included. */
function keysOf(snapshot: ReadPayload): string[] {
  return listingsOf(snapshot)
    .flatMap(({ extra }) => [extra, ...twinsOf(extra)].map((row) => JSON.stringify(row['key'])))
    .sort()
}

function amountsOf(snapshot: ReadPayload, key: string): Record<string, string> {
  return Object.fromEntries(
    listingOf(snapshot, key).prices.components.map((each) => [componentKey(each), each.amount]),
  )
}

function seenNames(): Set<string> {
  const rows = sharedFiles(folder, '.gz').flatMap((file) => {
    const json = parseJson(readShared(`${folder}/${file}`))
    return isJsonObject(json) ? Object.values(json).filter(isJsonObject) : []
  })
  return new Set(rows.flatMap((row) => Object.keys(row)))
}

function termOf(name: string) {
  const term = componentOf(name)
  if (!term) throw new Error(`${name} is not in the grammar`)
  return term
}

function keyOf(name: string): string {
  return componentKey({ ...termOf(name), amount: '0' })
}
