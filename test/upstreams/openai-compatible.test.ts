import { describe, expect, it } from 'vitest'
import { isJsonObject, parseJson } from '../../src/json.ts'
import type { Listing } from '../../src/catalog/listing.ts'
import { openaiCompatible } from '../../src/upstreams/openai-compatible.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

const lab = openaiCompatible({ id: 'my-lab', url: 'http://gpu1:8000/v1', provider: 'my-lab' })

function only(upstream: typeof lab, entry: Record<string, unknown>): Listing | undefined {
  const body = JSON.stringify({ object: 'list', data: [entry] })
  return readPayload(upstream, body).slices.get('my-lab')?.listings[0]
}

describe('an OpenAI-compatible server', () => {
  it.each([
    ['http://gpu1:8000/v1', 'http://gpu1:8000/v1/models'],
    ['http://gpu1:8000/v1/', 'http://gpu1:8000/v1/models'],
    ['http://gpu1:8000', 'http://gpu1:8000/models'],
    ['https://gate.example/v1/models', 'https://gate.example/v1/models'],
    ['https://gate.example/v1?format=short', 'https://gate.example/v1/models?format=short'],
  ])('%s is asked at %s', (url, expected) => {
    expect(openaiCompatible({ id: 'x', url, provider: 'x' }).url).toBe(expected)
  })

  it('has its key in a variable after its id, unless another is named', () => {
    expect(lab.key).toMatchObject({ env: 'MY_LAB_API_KEY', required: false })
    expect(lab.key?.headers('k')).toEqual({ authorization: 'Bearer k' })
    const named = openaiCompatible({ id: 'x', url: 'http://x/v1', provider: 'x', keyEnv: 'OTHER' })
    expect(named.key?.env).toBe('OTHER')
  })

  it.each(['context_length', 'max_model_len', 'context_window'])(
    'states its window as %s',
    (key) => {
      expect(only(lab, { id: 'm', [key]: 32_768 })?.fields.contextWindow).toBe(32_768)
    },
  )

  it('takes name and date, and keeps the rest', () => {
    const listing = only(lab, {
      id: 'm',
      object: 'model',
      created: 1768392000,
      owned_by: 'acme',
      display_name: 'Em',
      pricing: { prompt: '0.0000025' },
    })
    expect(listing).toMatchObject({
      fields: { name: 'Em', releaseDate: '2026-01-14' },
      prices: { components: [] },
      extra: { owned_by: 'acme', created: 1768392000, pricing: { prompt: '0.0000025' } },
    })
  })

  it('takes no date from a placeholder', () => {
    expect(only(lab, { id: 'm', created: 0 })?.fields).toEqual({})
    expect(only(lab, { id: 'm', created: 1768392000123 })?.fields).toEqual({})
    expect(only(lab, { id: 'm', created: '2026-01-14T12:00:00Z' })?.fields).toEqual({})
  })

  it.each(['vllm', 'sglang', 'llamacpp'])(
    'takes nothing that %s makes up anew for every answer',
    (owned_by) => {
      const permission = [{ id: 'modelperm-4f', created: 1768392000 }]
      const listing = only(lab, { id: 'm', created: 1768392000, owned_by, permission })
      expect(listing).toMatchObject({ fields: {}, extra: { owned_by } })
      expect(Object.keys(listing?.extra ?? {})).toEqual(['owned_by'])
    },
  )

  it('takes prices where their unit is declared', () => {
    const priced = openaiCompatible({
      id: 'my-lab',
      url: 'http://gpu1:8000/v1',
      provider: 'my-lab',
      priceUnit: 'usdPerMillionTokens',
    })
    const listing = only(priced, { id: 'm', pricing: { prompt: 2.5, completion: '10', hourly: 0 } })
    expect(listing?.prices.components).toEqual([
      { meter: 'input', amount: '2.5' },
      { meter: 'output', amount: '10' },
    ])
    expect(listing?.extra['pricing']).toEqual({ hourly: 0 })
  })

  it('reads a bare list', () => {
    expect(readPayload(lab, '[{"id": "m"}]').entries).toBe(1)
  })
})

const recorded = [
  'cerebras',
  'chutes',
  'deepinfra',
  'digitalocean',
  'fireworks',
  'groq',
  'hyperbolic',
  'nebius',
  'novita',
  'nvidia',
  'ollama',
  'openai',
  'sambanova',
  'together',
  'xai',
].flatMap((id) => sharedFiles(`upstreams/${id}`, '.json').map((file) => `upstreams/${id}/${file}`))

describe.skipIf(!hasSharedData)(`what real servers answered${sharedDataNote}`, () => {
  it.each(recorded.filter(hasList))('becomes listings: %s', (file) => {
    const { entries, rejects } = readPayload(lab, readShared(file))
    expect(entries).toBeGreaterThan(3)
    expect(rejects.length).toBeLessThanOrEqual(entries * 0.01)
  })
})

/** Some of the recordings were made of other addresses of the same host. */
function hasList(file: string): boolean {
  const json = parseJson(readShared(file))
  return Array.isArray(isJsonObject(json) ? json['data'] : json)
}
