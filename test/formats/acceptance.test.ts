/**
 * What the tools check and read, restated from their code, on the whole catalog. Deliberately nothing of
 * our own schemas: these are the other side's rules.
 */
import { calcPrice, type Provider, type Usage } from '@pydantic/genai-prices'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { modelKey } from '../../src/catalog/model.ts'
import { flatAmount } from '../../src/catalog/price.ts'
import { formats } from '../../src/http/formats/format-table.ts'
import { genaiPrices } from '../../src/http/formats/genai-prices.ts'
import { renderFormat } from '../../src/http/formats/render-format.ts'
import {
  canonicalDecimal,
  isJsonObject,
  parseJson,
  type Json,
  type JsonObject,
} from '../../src/json.ts'
import { recordedPayloads, sourceOf } from '../support/format-source.ts'
import { hasSharedData, sharedDataNote } from '../support/shared-data.ts'

const payloads = recordedPayloads()
const source = sourceOf(payloads)
const byId = new Map(source.models.map((model) => [modelKey(model), model]))
const texts = new Map(formats.map((format) => [format.name, renderFormat(format, source)]))

function textOf(name: string): string {
  return texts.get(name)?.text ?? ''
}

/** As a client has it: numbers are binary floats. */
function read(name: string): unknown {
  return JSON.parse(textOf(name))
}

/** With all digits. */
function readExactly(name: string): JsonObject {
  const json = parseJson(textOf(name))
  return isJsonObject(json) ? json : {}
}

function listOf(json: Json | undefined): JsonObject[] {
  return Array.isArray(json) ? json.filter(isJsonObject) : []
}

/** With the point moved: "0.00000125" by 6 places is "1.25". */
function exact(amount: Json | undefined, places: number): string | undefined {
  const text = typeof amount === 'string' ? amount : JSON.stringify(amount)
  return canonicalDecimal(`${text}e${places}`)
}

it('every format passes its own rule, and no number is in exponents', () => {
  const refusals = formats.flatMap((format) => {
    const rendered = texts.get(format.name)
    const refusal = rendered && format.accept(rendered.candidate, undefined)
    return refusal === undefined ? [] : [`${format.name}: ${refusal}`]
  })
  // The fixtures alone are no map that LiteLLM would take.
  const smallest = hasSharedData ? 'none' : 'litellm: it has '
  expect(refusals.filter((refusal) => !refusal.startsWith(smallest))).toEqual([])
  const exponents = formats.flatMap(
    ({ name }) => textOf(name).match(/[:,[]-?[\d.]+e[-+]?\d+[,}\]]/gi) ?? [],
  )
  expect(exponents).toEqual([])
})

describe('models.dev: opencode, hermes-agent', () => {
  const Cost = z.object({
    input: z.number(),
    output: z.number(),
    cache_read: z.number().optional(),
    cache_write: z.number().optional(),
  })
  const Words = z.array(z.enum(['text', 'audio', 'image', 'video', 'pdf']))
  const Model = z.object({
    id: z.string(),
    name: z.string(),
    family: z.string().optional(),
    release_date: z.string(),
    attachment: z.boolean(),
    reasoning: z.boolean(),
    temperature: z.boolean().optional(),
    tool_call: z.boolean(),
    interleaved: z.union([z.literal(true), z.object({ field: z.string() })]).optional(),
    cost: Cost.extend({
      context_over_200k: Cost.optional(),
      tiers: z
        .array(Cost.extend({ tier: z.object({ type: z.literal('context'), size: z.number() }) }))
        .optional(),
    }).optional(),
    limit: z.object({ context: z.number(), input: z.number().optional(), output: z.number() }),
    modalities: z.object({ input: Words, output: Words }).optional(),
    status: z.enum(['alpha', 'beta', 'deprecated']).optional(),
    provider: z.object({ npm: z.string().optional(), api: z.string().optional() }).optional(),
  })
  const Tree = z.record(
    z.string(),
    z.object({
      id: z.string(),
      name: z.string(),
      env: z.array(z.string()),
      // Required since opencode makes of it which package to load.
      npm: z.string(),
      api: z.string().optional(),
      models: z.record(z.string(), Model),
    }),
  )

  it('the tree is what opencode declares, and not empty', () => {
    const tree = Tree.parse(read('models-dev'))
    expect(Object.keys(tree).length).toBeGreaterThan(hasSharedData ? 200 : 5)
    expect(Object.entries(tree).filter(([key, { id }]) => key !== id)).toEqual([])
  })

  it('nothing is called deprecated that no upstream calls so', () => {
    const tree = Tree.parse(read('models-dev'))
    const called = Object.values(tree).flatMap(({ id, models }) =>
      Object.entries(models).flatMap(([model, { status }]) =>
        status === 'deprecated' ? [byId.get(`${id}/${model}`)?.fields.stage] : [],
      ),
    )
    expect(called.filter((stage) => stage !== 'deprecated')).toEqual([])
  })

  // Without the recorded payloads there is no lab among the providers.
  const labModels = hasSharedData
    ? ['anthropic/claude-opus-4-6', 'openai/gpt-5.2', 'zhipuai/glm-5.2', 'minimax/MiniMax-M3']
    : []
  it('the catalog has both parts, the schema every id', () => {
    const { models, providers } = z
      .object({ models: z.record(z.string(), z.unknown()), providers: Tree })
      .parse(read('models-dev-catalog'))
    expect(models).toEqual(read('models-dev-models'))
    expect(Object.keys(models)).toEqual(expect.arrayContaining(labModels))
    expect(
      Object.keys(models).filter((id) => /^(openrouter|azure|amazon-bedrock)\//.test(id)),
    ).toEqual([])
    expect(JSON.stringify(providers)).toBe(JSON.stringify(Tree.parse(read('models-dev'))))
    const schema = z
      .object({ $defs: z.object({ Model: z.object({ enum: z.array(z.string()) }) }) })
      .parse(read('models-dev-schema'))
    expect(schema.$defs.Model.enum).toEqual([...byId.keys()])
    // What a configuration file points at is a JSON Schema that an id fits.
    expect(
      z.fromJSONSchema({ enum: schema.$defs.Model.enum }).parse([...byId.keys()][0]),
    ).toBeTruthy()
  })
})

describe('LiteLLM', () => {
  const reserved = new Set(['sample_spec', 'fallback_generalizations'])
  const bundled = JSON.parse(payloads.find(([{ id }]) => id === 'litellm')?.[1] ?? '{}') as object
  const count = (map: object) => Object.keys(map).filter((key) => !reserved.has(key)).length

  /** get_model_cost_map.py: `validate_model_cost_map`, then `_finalize_model_cost_map`. */
  function load(map: unknown): Record<string, Record<string, unknown>> {
    if (typeof map !== 'object' || map === null || Array.isArray(map)) throw new Error('no dict')
    if (count(map) < 50) throw new Error('fewer than MODEL_COST_MAP_MIN_MODEL_COUNT')
    if (count(map) < count(bundled) * 0.5) throw new Error('MODEL_COST_MAP_MAX_SHRINK_RATIO')
    const { fallback_generalizations: _rules, ...rows } = map as Record<string, unknown>
    for (const [key, row] of Object.entries(rows))
      if (typeof row !== 'object' || row === null || Array.isArray(row))
        throw new Error(`${key} has no get()`)
    return rows as Record<string, Record<string, unknown>>
  }

  it.skipIf(!hasSharedData)(`takes the map${sharedDataNote}`, () => {
    const rows = load(read('litellm'))
    expect(Object.keys(rows).length).toBeGreaterThan(count(bundled))
    const lost = Object.keys(bundled).filter((key) => !Object.hasOwn(rows, key))
    // The last is what the archive wrote into it.
    expect(lost.filter((key) => !reserved.has(key))).toEqual(['last_updated'])
  })

  it('keeps the template and the rules as they were', () => {
    const map = readExactly('litellm')
    const text = payloads.find(([{ id }]) => id === 'litellm')?.[1] ?? '{}'
    const archived = parseJson(text)
    for (const key of reserved)
      expect(map[key]).toEqual(isJsonObject(archived) ? archived[key] : undefined)
  })

  it('of rows that both have, ours count; ours alone are only the catalog’s', () => {
    const ours = readExactly('litellm-ours')
    const map = readExactly('litellm')
    for (const [key, row] of Object.entries(ours)) expect(map[key]).toEqual(row)
    expect(Object.keys(ours).filter((key) => reserved.has(key))).toEqual([])
  })

  it('has the prices of the catalog, to the digit', () => {
    const ours = readExactly('litellm-ours')
    let compared = 0
    for (const model of source.models) {
      const key = model.extra['litellm']?.['key']
      const row = typeof key === 'string' ? ours[key] : undefined
      const amount = flatAmount(model.prices, 'input')
      if (!isJsonObject(row) || amount === undefined || row['input_cost_per_token'] === undefined)
        continue
      expect(exact(row['input_cost_per_token'], 6)).toBe(amount)
      compared += 1
    }
    expect(compared).toBeGreaterThan(5)
  })

  it('lists deployments as its proxy does', () => {
    const { data } = z
      .object({
        data: z.array(
          z.object({
            model_name: z.string(),
            litellm_params: z.object({ model: z.string() }),
            model_info: z.looseObject({ id: z.string(), db_model: z.boolean() }),
          }),
        ),
      })
      .parse(read('litellm-proxy'))
    expect(data.map(({ model_name }) => model_name)).toEqual([...byId.keys()])
    expect(textOf('litellm-proxy')).not.toContain('api_key')
  })
})

describe('OpenRouter: Roo Code, Cline, LibreChat', () => {
  const words = z.array(z.string())
  const Model = z.object({
    id: z.string(),
    name: z.string(),
    created: z.number(),
    description: z.string(),
    context_length: z.number(),
    architecture: z.object({
      modality: z.string(),
      input_modalities: words,
      output_modalities: words,
      tokenizer: z.string(),
    }),
    pricing: z.looseObject({
      prompt: z.string(),
      completion: z.string(),
      input_cache_write: z.string().nullish(),
      input_cache_read: z.string().nullish(),
    }),
    top_provider: z.object({ max_completion_tokens: z.number().nullish() }),
    supported_parameters: words,
  })

  it.each(['openrouter', 'openrouter-embeddings'])('%s has every field', (name) => {
    const { data } = z.object({ data: z.array(Model) }).parse(read(name))
    expect(new Set(data.map(({ id }) => id)).size).toBe(data.length)
    expect(data.length).toBeGreaterThan(hasSharedData ? 10 : -1)
  })

  it('prices are plain decimals of the catalog, -1 for routers only', () => {
    const rows = listOf(readExactly('openrouter')['data'])
    const wrong = rows.filter(({ id, pricing }) => {
      const model = typeof id === 'string' ? byId.get(id) : undefined
      const { prompt, completion } = isJsonObject(pricing) ? pricing : {}
      if (!model || typeof prompt !== 'string' || typeof completion !== 'string') return true
      if (model.prices.dynamic) return prompt !== '-1' || completion !== '-1'
      return (
        !/^\d+(\.\d+)?$/.test(prompt) ||
        exact(prompt, 6) !== flatAmount(model.prices, 'input') ||
        exact(completion, 6) !== flatAmount(model.prices, 'output')
      )
    })
    expect(wrong).toEqual([])
    expect(rows.length).toBeGreaterThan(5)
  })
})

describe('Catwalk: crush', () => {
  /** Go's decoder: int64 takes no fraction, a struct's string no number. */
  const Provider = z.object({
    name: z.string(),
    id: z.string(),
    api_key: z.string(),
    api_endpoint: z.string().optional(),
    type: z.enum([
      'openai',
      'openai-compat',
      'openrouter',
      'vercel',
      'anthropic',
      'google',
      'azure',
      'bedrock',
      'google-vertex',
    ]),
    default_large_model_id: z.string(),
    default_small_model_id: z.string(),
    models: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        cost_per_1m_in: z.number(),
        cost_per_1m_out: z.number(),
        cost_per_1m_in_cached: z.number(),
        cost_per_1m_out_cached: z.number(),
        context_window: z.int(),
        default_max_tokens: z.int(),
        can_reason: z.boolean(),
        reasoning_levels: z.array(z.string()).optional(),
        default_reasoning_effort: z.string().optional(),
        supports_attachments: z.boolean(),
        options: z.object({}).optional(),
      }),
    ),
  })
  const providers = z.array(Provider).parse(read('catwalk'))

  it('is a list of providers that is not empty, each once', () => {
    expect(providers.length).toBeGreaterThan(0)
    expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length)
  })

  it('default models are among the models, and keys are names of variables', () => {
    for (const provider of providers) {
      const ids = provider.models.map(({ id }) => id)
      expect(ids).toContain(provider.default_large_model_id)
      expect(ids).toContain(provider.default_small_model_id)
      expect(provider.api_key).toMatch(/^(\$[A-Z]\w*)?$/i)
    }
  })

  it.skipIf(!hasSharedData)(
    `knows the labs by the names that crush treats apart${sharedDataNote}`,
    () => {
      const known = new Map(providers.map((provider) => [provider.id, provider]))
      expect(known.get('anthropic')).toMatchObject({
        type: 'anthropic',
        api_key: '$ANTHROPIC_API_KEY',
        api_endpoint: '$ANTHROPIC_API_ENDPOINT',
      })
      expect(known.get('gemini')).toMatchObject({ type: 'google', api_key: '$GEMINI_API_KEY' })
      expect(known.get('bedrock')).toMatchObject({ type: 'bedrock', api_key: '' })
      expect(known.get('openrouter')?.api_endpoint).toBe('https://openrouter.ai/api/v1')
      expect(known.get('anthropic')?.default_large_model_id).toMatch(/^claude/)
    },
  )
})

describe('the lists of OpenAI, Vercel, Ollama and Helicone', () => {
  it('OpenAI’s has every model once', () => {
    const { data } = z
      .object({
        object: z.literal('list'),
        data: z.array(
          z.object({
            id: z.string(),
            object: z.literal('model'),
            created: z.int(),
            owned_by: z.string(),
          }),
        ),
      })
      .parse(read('openai'))
    expect(data.map(({ id }) => id)).toEqual([...byId.keys()])
  })

  it('Vercel’s is what Roo Code declares', () => {
    const { data } = z
      .object({
        object: z.string(),
        data: z.array(
          z.object({
            id: z.string(),
            object: z.string(),
            created: z.number(),
            owned_by: z.string(),
            name: z.string(),
            description: z.string(),
            context_window: z.number(),
            max_tokens: z.number(),
            type: z.string(),
            pricing: z.object({
              input: z.string(),
              output: z.string(),
              input_cache_write: z.string().optional(),
              input_cache_read: z.string().optional(),
            }),
          }),
        ),
      })
      .parse(read('vercel'))
    expect(data.length).toBeGreaterThan(0)
    for (const { id, pricing } of data) {
      const model = byId.get(id)
      expect(exact(pricing.input, 6)).toBe(model && flatAmount(model.prices, 'input'))
    }
  })

  it('Ollama’s is what its client declares', () => {
    const { models } = z
      .object({
        models: z.array(
          z.object({
            name: z.string(),
            model: z.string(),
            modified_at: z.iso.datetime({ offset: true }),
            size: z.int(),
            digest: z.string(),
            details: z.object({ family: z.string(), parameter_size: z.string() }),
          }),
        ),
      })
      .parse(read('ollama'))
    expect(models).toHaveLength(byId.size)
  })

  it('Helicone’s has endpoints with prices, each model once', () => {
    const { data } = z
      .object({
        data: z.object({
          models: z.array(
            z.object({
              id: z.string(),
              name: z.string(),
              author: z.string(),
              contextLength: z.number(),
              endpoints: z.array(
                z.object({
                  provider: z.string(),
                  providerSlug: z.string(),
                  pricing: z.object({ prompt: z.number(), completion: z.number() }),
                }),
              ),
            }),
          ),
        }),
      })
      .parse(read('helicone'))
    expect(new Set(data.models.map(({ id }) => id)).size).toBe(data.models.length)
    expect(data.models.every(({ endpoints }) => endpoints.length > 0)).toBe(true)
  })
})

describe('genai-prices', () => {
  const Clause: z.ZodType = z.lazy(() =>
    z.union([
      z.strictObject({ starts_with: z.string() }),
      z.strictObject({ ends_with: z.string() }),
      z.strictObject({ contains: z.string() }),
      z.strictObject({ regex: z.string() }),
      z.strictObject({ equals: z.string() }),
      z.strictObject({ or: z.array(Clause) }),
      z.strictObject({ and: z.array(Clause) }),
    ]),
  )
  const Prices = z.record(
    z.string().regex(/_(mtok|kcount|hours|kpages|mchars|gpixels)$/),
    z.union([
      z.number().nonnegative(),
      z.strictObject({
        base: z.number(),
        tiers: z.array(z.strictObject({ start: z.int(), price: z.number() })),
      }),
    ]),
  )
  const Id = z.string().max(100).regex(/^\S+$/)
  /** prices/new_data/v2/data.schema.json: nothing but what it names. */
  const Data = z.array(
    z.strictObject({
      id: Id,
      name: z.string().max(100),
      pricing_urls: z.array(z.string()).optional(),
      api_pattern: z.string(),
      price_comments: z.string().max(1000).optional(),
      model_match: Clause.optional(),
      provider_match: Clause.optional(),
      extractors: z.array(z.unknown()).optional(),
      fallback_model_providers: z.array(z.string()).optional(),
      models: z.array(
        z.strictObject({
          id: Id,
          name: z.string().max(100).optional(),
          description: z.string().max(1000).optional(),
          match: Clause,
          context_window: z.int().optional(),
          price_comments: z.string().max(1000).optional(),
          deprecated: z.boolean().optional(),
          prices: z.union([
            Prices,
            z.array(
              z.strictObject({
                constraint: z
                  .union([
                    z.strictObject({ start_date: z.iso.date() }),
                    z.strictObject({
                      start_time: z.string().regex(/^\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/),
                      end_time: z.string().regex(/^\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/),
                    }),
                  ])
                  .optional(),
                prices: Prices,
              }),
            ),
          ]),
        }),
      ),
    }),
  )

  it('is what the published schema allows, each provider once', () => {
    const data = Data.parse(read('genai-prices'))
    expect(new Set(data.map(({ id }) => id)).size).toBe(data.length)
    for (const { api_pattern: pattern } of data)
      expect(() => new RegExp(`^(?:${pattern})`)).not.toThrow()
  })
})

describe.skipIf(!hasSharedData)(`genai-prices’ own data${sharedDataNote}`, () => {
  const payload = payloads.find(([{ id }]) => id === 'genai-prices')
  const providersOf = (text: string) => JSON.parse(text) as Provider[]
  const original = providersOf(payload?.[1] ?? '[]')
  const rendered = payload ? renderFormat(genaiPrices, sourceOf([payload])).text : '[]'
  const ours = new Map(providersOf(rendered).map((provider) => [provider.id, provider]))
  const usages = [
    { input_tokens: 1_000_000, output_tokens: 10_000 },
    { input_tokens: 400_000, cache_read_tokens: 100_000, output_tokens: 1000 },
    { input_tokens: 50_000, cache_write_tokens: 20_000, output_tokens: 0 },
    { input_tokens: 1000, input_audio_tokens: 500, output_tokens: 200, output_audio_tokens: 100 },
  ]
  const hours = ['03', '12', '20'].map((hour) => new Date(`2026-10-01T${hour}:00:00Z`))
  /** Null for an id that does not match its own pattern; there are some. */
  const priceOf = (provider: Provider | undefined, id: string, usage: Usage, timestamp: Date) => {
    const price = provider && calcPrice(usage, id, { provider, timestamp })
    return price ? price.total_price.toFixed(9) : null
  }

  it.each(original.map((provider) => [provider.id, provider] as const))(
    '%s prices every usage as before, by day and by night',
    (id, provider) => {
      const differing = provider.models.flatMap((model) =>
        usages.flatMap((usage) =>
          hours.flatMap((at) => {
            const expected = priceOf(provider, model.id, usage, at)
            const got = priceOf(ours.get(id), model.id, usage, at)
            return got === expected ? [] : [{ model: model.id, usage, at, expected, got }]
          }),
        ),
      )
      expect(differing).toEqual([])
    },
  )
})

describe('Portkey and llm-prices', () => {
  it('Portkey’s files have a default and cents per token', () => {
    let compared = 0
    for (const [provider, file] of Object.entries(readExactly('portkey'))) {
      if (!isJsonObject(file)) throw new Error(`${provider} is no file`)
      expect(file).toHaveProperty('default.pricing_config.pay_as_you_go.request_token.price', 0)
      for (const [modelId, row] of Object.entries(file)) {
        const model = byId.get(`${provider}/${modelId}`)
        const amount = model && flatAmount(model.prices, 'input')
        const price = at(row, ['pricing_config', 'pay_as_you_go', 'request_token', 'price'])
        if (amount === undefined || price === undefined) continue
        expect(exact(price, 4)).toBe(amount)
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(5)
  })

  it('llm-prices has the members that its builder writes', () => {
    const { updated_at: day, prices } = z
      .strictObject({
        updated_at: z.iso.date(),
        prices: z.array(
          z.strictObject({
            id: z.string(),
            vendor: z.string(),
            name: z.string(),
            input: z.number(),
            output: z.number(),
            input_cached: z.number().nullable(),
          }),
        ),
      })
      .parse(read('llm-prices'))
    expect(day).toBe('2026-10-01')
    expect(new Set(prices.map(({ id }) => id)).size).toBe(prices.length)
    expect(prices.length).toBeGreaterThan(5)
  })
})

function at(json: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, key) => (isJsonObject(value) ? value[key] : undefined),
    json,
  )
}
