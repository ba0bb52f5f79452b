/**
 * Anchors of the units: well-known models whose price a second source states, read by another adapter
 * from another payload of about the same day. A unit that is wrong by any factor shows here.
 */
import { describe, expect, it } from 'vitest'
import { flatAmount } from '../../src/catalog/price.ts'
import { genaiPrices } from '../../src/upstreams/genai-prices.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { openrouter } from '../../src/upstreams/openrouter.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { listingsByProvider } from '../support/listings-by-provider.ts'
import { hasSharedData, readShared, sharedDataNote } from '../support/shared-data.ts'

interface Anchors {
  upstream: Upstream
  file: string
  /** What models.dev served. */
  reference: string
  /** Whose models they are; `provider/model-id`. */
  ids: string[]
}

const anchors: Anchors[] = [
  {
    upstream: litellm,
    file: 'upstreams/litellm/series/2026-07-24.model_prices.json.gz',
    reference: 'models-dev/2026-07-01.api.json.gz',
    ids: [
      'openai/gpt-4o',
      'openai/gpt-5',
      'openai/o3',
      'anthropic/claude-sonnet-4-5',
      'google/gemini-2.5-pro',
      'mistral/mistral-large-2411',
    ],
  },
  {
    upstream: genaiPrices,
    file: 'upstreams/genai-prices/2026-08-21.v2.data.json',
    reference: 'models-dev/2026-09-04.api.json.gz',
    ids: [
      'openai/gpt-4o',
      'openai/gpt-4o-mini',
      'openai/gpt-5',
      'openai/gpt-4.1-mini',
      'google/gemini-2.5-flash',
    ],
  },
  {
    upstream: openrouter,
    file: 'upstreams/openrouter/series/2026-07-07.models.json.gz',
    reference: 'models-dev/2026-07-01.api.json.gz',
    ids: [
      'openrouter/openai/gpt-4o-mini',
      'openrouter/openai/gpt-5',
      'openrouter/anthropic/claude-sonnet-4.5',
      'openrouter/google/gemini-2.5-flash',
    ],
  },
]

function pricesOf(upstream: Upstream, file: string, ids: readonly string[]) {
  const byProvider = listingsByProvider(upstream, readShared(file))
  return ids.map((id) => {
    const [provider = '', ...rest] = id.split('/')
    const prices = byProvider.get(provider)?.get(rest.join('/'))?.prices ?? { components: [] }
    return [id, flatAmount(prices, 'input'), flatAmount(prices, 'output')]
  })
}

describe.skipIf(!hasSharedData)(`anchors of units${sharedDataNote}`, () => {
  it.each(anchors)('$file has the prices of $reference', ({ upstream, file, reference, ids }) => {
    const expected = pricesOf(modelsDev, reference, ids)
    for (const [id, input, output] of expected)
      expect({ id, input, output }).toEqual({
        id,
        input: expect.any(String),
        output: expect.any(String),
      })
    expect(pricesOf(upstream, file, ids)).toEqual(expected)
  })
})
