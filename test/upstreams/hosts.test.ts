/** What inference hosts answered, where somebody recorded it; the others are in hosts-documented.test.ts. */
import { describe, expect, it } from 'vitest'
import { priceState } from '../../src/catalog/price.ts'
import { chutes } from '../../src/upstreams/chutes.ts'
import { deepinfra } from '../../src/upstreams/deepinfra.ts'
import { groq } from '../../src/upstreams/groq.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { sambanova } from '../../src/upstreams/sambanova.ts'
import { together } from '../../src/upstreams/together.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { venice } from '../../src/upstreams/venice.ts'
import { listingsByProvider } from '../support/listings-by-provider.ts'
import { hasSharedData, readShared, sharedDataNote } from '../support/shared-data.ts'

const hostListings = (upstream: Upstream, file: string) =>
  listingsByProvider(upstream, readShared(file)).get(upstream.provider ?? '') ?? new Map()

describe.skipIf(!hasSharedData)(`what the hosts answered${sharedDataNote}`, () => {
  it('keeps nothing of Chutes’ that only its answer changes', () => {
    for (const { extra } of hostListings(
      chutes,
      'upstreams/chutes/2025-08-02.models.json',
    ).values())
      expect(Object.keys(extra)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(created|permission|price)$/)]),
      )
  })

  it('tells SambaNova’s price of an hour from its prices of tokens', () => {
    const whisper = hostListings(sambanova, 'upstreams/sambanova/2025-07-25.sambanova.json').get(
      'Whisper-Large-v3',
    )
    expect(whisper?.prices.components).toEqual([
      { meter: 'input_audio_time', unit: 'hour', amount: '0.1' },
    ])
    expect(whisper?.extra['pricing']).toEqual({ prompt: '0.00000000', completion: '0.00000000' })
  })

  it('does not take Together’s zeros for free, nor what is not paid by token', () => {
    const byId = hostListings(together, 'upstreams/together/2025-07-25.together.json')
    const states = [
      'meta-llama/Llama-3.3-70B-Instruct-Turbo-Free',
      'google/gemma-3-27b-it',
      'black-forest-labs/FLUX.1-pro',
      'cartesia/sonic',
    ].map((id) => priceState(byId.get(id)?.prices ?? { components: [] }))
    expect(states).toEqual(['free', 'unknown', 'unknown', 'unknown'])
    expect(byId.get('cartesia/sonic')?.extra['pricing']).toMatchObject({ input: 65, output: 0 })
  })

  it('takes DeepInfra’s max_tokens for the window that it repeats', () => {
    const model = hostListings(deepinfra, 'upstreams/deepinfra/2026-03-01.models.json').get(
      'deepseek-ai/DeepSeek-V3.2',
    )
    expect(model?.fields).toMatchObject({ contextWindow: 163_840, promptCaching: true })
    expect(model?.fields.maxOutputTokens).toBeUndefined()
    expect(model?.extra['metadata']).toEqual({ max_tokens: 163_840 })
  })

  it('has Venice’s models for chat, whose kinds of input were not all stated then', () => {
    const model = hostListings(venice, 'upstreams/venice/2025-07-25.venice.json').get(
      'mistral-31-24b',
    )
    expect(model?.fields).toMatchObject({ type: 'chat', contextWindow: 131_072, vision: true })
    expect(model?.fields).not.toHaveProperty('inputModalities')
    expect(model?.fields).not.toHaveProperty('stage')
  })

  it('has Groq’s windows, which are those of models.dev', () => {
    const stated = hostListings(groq, 'upstreams/groq/2025-07-25.groq.json')
    const reference = listingsByProvider(
      modelsDev,
      readShared('models-dev/2025-08-06.api.json.gz'),
    ).get('groq')
    for (const id of ['qwen/qwen3-32b', 'llama-3.3-70b-versatile', 'gemma2-9b-it'])
      expect(stated.get(id)?.fields.contextWindow).toBe(
        reference?.get(id)?.fields.contextWindow ?? 0,
      )
  })
})
