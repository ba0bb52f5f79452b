/**
 * Chutes: vLLM's and SGLang's own rows, side by side. `pricing` is USD per one million tokens; until
 * 2025-08 there was only `price`, with one amount for input and output alike. `price` repeats it in TAO,
 * whose rate moves from answer to answer, as `created` and the ids under `permission` do.
 */
import { readAmount, type PriceSheet } from '../catalog/price.ts'
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { hostRowListing, isReady } from './host-row.ts'
import { openaiEntries } from './openai-list.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const chutes = {
  id: 'chutes',
  title: 'Chutes',
  docs: 'https://chutes.ai/docs',
  url: 'https://llm.chutes.ai/v1/models',
  key: bearerKey('CHUTES_API_KEY', { required: false }),
  adapterVersion: 2,
  schedule: '1h',
  provider: 'chutes',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 5,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  entries: (page) => openaiEntries(page, 'chutes', isReady),
  listing,
} satisfies Upstream

const unit = 'usdPerMillionTokens'
const ofTheAnswer = ['created', 'permission']

function listing({ raw }: Entry): ListingDraft {
  const { pricing, price } = isJsonObject(raw) ? raw : {}
  const usd = isJsonObject(price) ? readAmount(price['usd'], unit) : undefined
  if (pricing === undefined && usd === undefined)
    return hostRowListing(raw, { unit, dropped: ofTheAnswer })
  const draft = hostRowListing(raw, { unit, dropped: [...ofTheAnswer, 'price'] })
  return pricing === undefined && usd !== undefined ? { ...draft, prices: bothWays(usd) } : draft
}

function bothWays(amount: string): PriceSheet {
  if (amount === 'dynamic') return { dynamic: true, components: [] }
  return {
    components: [
      { meter: 'input', amount },
      { meter: 'output', amount },
    ],
  }
}
