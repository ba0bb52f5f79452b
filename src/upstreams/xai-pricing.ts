/**
 * xAI's prices: whole numbers of 1e-4 USD per million tokens (its documentation says "USD cents per 100
 * million tokens", which is the same). Every number is 0 where nothing is stated, as its gRPC types make
 * them, so 0 is unknown: nothing there is free. The recorded list (2025-07) is older than its prices; they
 * are read as documented.
 */
import {
  readAmount,
  sortComponents,
  type Meter,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import type { JsonObject } from '../json.ts'

const meters: Record<string, Meter> = {
  prompt_text_token_price: 'input',
  cached_prompt_text_token_price: 'cache_read',
  prompt_image_token_price: 'input_image',
  completion_text_token_price: 'output',
}

export interface ReadPrices {
  prices: PriceSheet
  /** The keys that became components. */
  taken: string[]
}

/**
 * Beyond `long_context_threshold` tokens of prompt the whole request costs the `…_long_context` prices;
 * one of them that is 0 stays as it is. Throws InvalidPrice.
 */
export function readXaiPrices(entry: JsonObject): ReadPrices {
  const threshold = entry['long_context_threshold']
  const minTokens = typeof threshold === 'number' && threshold > 0 ? threshold : undefined
  const components: PriceComponent[] = []
  const taken: string[] = []
  const take = (key: string, component: Omit<PriceComponent, 'amount'>) => {
    const amount = readAmount(entry[key], 'tenThousandthsUsdPerMillionTokens')
    if (amount === undefined || amount === '0' || amount === 'dynamic') return
    components.push({ ...component, amount })
    taken.push(key)
  }
  for (const [key, meter] of Object.entries(meters)) {
    take(key, { meter })
    if (minTokens !== undefined) take(`${key}_long_context`, { meter, minTokens })
  }
  const hasTiers = components.some((component) => component.minTokens !== undefined)
  return {
    prices: { components: sortComponents(components) },
    taken: hasTiers ? [...taken, 'long_context_threshold'] : taken,
  }
}
