/** OpenRouter's `pricing`: decimal strings in USD, per token but for `request` and `web_search`. */
import {
  componentKey,
  readAmount,
  sortComponents,
  type PriceComponent,
  type PriceSheet,
  type PriceUnit,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { objectWithout, ownEntries } from './raw-object.ts'

interface PricedKey {
  unit: PriceUnit
  component: Omit<PriceComponent, 'amount'>
}

const perToken = (component: PricedKey['component']): PricedKey => ({
  unit: 'usdPerToken',
  component,
})
const perEach = (component: PricedKey['component']): PricedKey => ({
  unit: 'usdPerUnit',
  component: { ...component, unit: 'each' },
})

const pricedKeys: Record<string, PricedKey> = {
  prompt: perToken({ meter: 'input' }),
  completion: perToken({ meter: 'output' }),
  internal_reasoning: perToken({ meter: 'reasoning' }),
  input_cache_read: perToken({ meter: 'cache_read' }),
  input_cache_write: perToken({ meter: 'cache_write' }),
  input_cache_write_1h: perToken({ meter: 'cache_write', ttl: '1h' }),
  audio: perToken({ meter: 'input_audio' }),
  audio_output: perToken({ meter: 'output_audio' }),
  input_audio_cache: perToken({ meter: 'cache_read_audio' }),
  image: perToken({ meter: 'input_image' }),
  image_token: perToken({ meter: 'input_image' }),
  image_output: perToken({ meter: 'output_image' }),
  request: perEach({ meter: 'request' }),
  web_search: perEach({ meter: 'web_search' }),
}

export interface ReadPricing {
  prices: PriceSheet
  /** What has no component, as stated. */
  rest: JsonObject
}

/** Throws InvalidPrice. "-1" anywhere makes the whole sheet dynamic: it is a router. */
export function readOpenrouterPricing(pricing: JsonObject): ReadPricing {
  const { overrides } = pricing
  const base = readComponents(pricing, pricing['prompt'], {})
  if (base.dynamicKeys.length > 0)
    return {
      prices: { dynamic: true, components: [] },
      rest: objectWithout(pricing, base.dynamicKeys),
    }
  const tiers = Array.isArray(overrides) ? readOverrides(overrides) : undefined
  return {
    prices: { components: sortComponents([...base.components, ...(tiers ?? [])]) },
    rest: tiers ? objectWithout(base.rest, ['overrides']) : base.rest,
  }
}

interface ReadComponents {
  components: PriceComponent[]
  rest: JsonObject
  /** Those with the sentinel -1. */
  dynamicKeys: string[]
}

/**
 * "0" means free only for `prompt` and `completion`. For the others it stands for "not charged" and for
 * "not offered" alike: until 2026-01 nearly every model had `image: "0"` and `web_search: "0"`.
 */
function isBasePrice(key: string): boolean {
  return key === 'prompt' || key === 'completion'
}

/**
 * `image` was USD per image until 2026-01 and has been the rate of an input token since 2026-02, always
 * the same digits as `prompt`. Whatever differs may be either, so it is kept as stated and not priced.
 */
function readComponents(
  stated: JsonObject,
  prompt: Json | undefined,
  circumstances: Partial<PriceComponent>,
): ReadComponents {
  const components = new Map<string, PriceComponent>()
  const rest: [string, Json][] = []
  const dynamicKeys: string[] = []
  for (const [key, value] of ownEntries(stated)) {
    const priced = Object.hasOwn(pricedKeys, key) ? pricedKeys[key] : undefined
    const amount = priced && readAmount(value, priced.unit)
    if (amount === 'dynamic') dynamicKeys.push(key)
    const isPrice =
      amount !== undefined &&
      (isBasePrice(key) || amount !== '0') &&
      (key !== 'image' || (value === prompt && stated['image_token'] === undefined))
    const component =
      priced && isPrice && amount !== 'dynamic'
        ? { ...priced.component, ...circumstances, amount }
        : undefined
    if (component && !components.has(componentKey(component)))
      components.set(componentKey(component), component)
    else rest.push([key, value])
  }
  return { components: [...components.values()], rest: Object.fromEntries(rest), dynamicKeys }
}

/** Undefined when one of them says more than a tier of the prompt's length can. */
function readOverrides(overrides: Json[]): PriceComponent[] | undefined {
  const components = new Map<string, PriceComponent>()
  for (const override of overrides) {
    if (!isJsonObject(override)) return undefined
    const { min_prompt_tokens: minTokens, ...prices } = override
    if (typeof minTokens !== 'number' || minTokens <= 0) return undefined
    const read = readComponents(prices, prices['prompt'], { minTokens })
    if (read.dynamicKeys.length > 0 || Object.keys(read.rest).length > 0) return undefined
    for (const component of read.components) {
      const key = componentKey(component)
      if (components.has(key)) return undefined
      components.set(key, component)
    }
  }
  return [...components.values()]
}
