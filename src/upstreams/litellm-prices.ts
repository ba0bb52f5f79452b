/**
 * The names under which LiteLLM states prices, as a grammar: a meter, then the circumstances in a fixed
 * order, e.g. `cache_creation_input_token_cost` `_above_1hr` `_above_200k_tokens` `_priority`. It is read
 * in both directions. Amounts are USD per single token, or per unit for what is not counted in tokens.
 *
 * What is not one number has a file of its own: `tiered_pricing` (litellm-tiers.ts), `off_peak_pricing`
 * (litellm-off-peak.ts), `search_context_cost_per_query` (litellm-search.ts), `regional_processing_*`
 * (litellm-row.ts). Not read, and therefore kept as they are in `extra`: amounts in other units
 * (`*_dbu_*`, `ocr_cost_per_credit`), and factors of which it is not certain which price in which region
 * they raise (`provider_specific_entry`, `regional_endpoint_uplift_multiplier`).
 */
import {
  isTokenMeter,
  type Meter,
  type PriceComponent,
  type PriceUnit,
  type units,
} from '../catalog/price.ts'

/** What a price's name says: a component that still lacks its amount. */
export type PriceTerm = Omit<PriceComponent, 'amount'>

interface Stem {
  meter: Meter
  unit?: (typeof units)[number]
  /** What the stem itself says beyond the meter. */
  variant?: string
  /** Endings of this stem that name a further circumstance; they become the variant. */
  variants?: readonly string[]
  /** Knows `_above_1hr`: a cache entry that lives for one hour. */
  hasTtl?: true
}

const stems: Readonly<Record<string, Stem>> = {
  input_cost_per_token: { meter: 'input' },
  output_cost_per_token: { meter: 'output' },
  output_cost_per_reasoning_token: { meter: 'reasoning' },
  cache_read_input_token_cost: { meter: 'cache_read' },
  cache_creation_input_token_cost: { meter: 'cache_write', hasTtl: true },
  input_cost_per_audio_token: { meter: 'input_audio' },
  output_cost_per_audio_token: { meter: 'output_audio' },
  cache_read_input_audio_token_cost: { meter: 'cache_read_audio' },
  cache_creation_input_audio_token_cost: { meter: 'cache_write_audio', hasTtl: true },
  input_cost_per_image_token: { meter: 'input_image' },
  output_cost_per_image_token: { meter: 'output_image' },
  cache_read_input_image_token_cost: { meter: 'cache_read', variant: 'image' },
  input_cost_per_video_token: { meter: 'input_video' },
  output_cost_per_video_token: { meter: 'output_video' },
  citation_cost_per_token: { meter: 'citation' },
  input_cost_per_request: { meter: 'request', unit: 'each' },
  input_cost_per_query: { meter: 'query', unit: 'each' },
  input_cost_per_image: { meter: 'input_image_each', unit: 'each' },
  output_cost_per_image: {
    meter: 'output_image_each',
    unit: 'each',
    variants: [
      'premium_image',
      'above_512_and_512_pixels',
      'above_512_and_512_pixels_and_premium_image',
      'above_1024_and_1024_pixels',
      'above_1024_and_1024_pixels_and_premium_image',
    ],
  },
  input_cost_per_pixel: { meter: 'input_pixel', unit: 'pixel' },
  output_cost_per_pixel: { meter: 'output_pixel', unit: 'pixel' },
  input_cost_per_character: { meter: 'input_character', unit: 'character' },
  output_cost_per_character: { meter: 'output_character', unit: 'character' },
  input_cost_per_second: { meter: 'input_time', unit: 'second' },
  output_cost_per_second: { meter: 'output_time', unit: 'second', variants: ['1080p'] },
  input_cost_per_audio_per_second: { meter: 'input_audio_time', unit: 'second' },
  output_cost_per_audio_per_second: { meter: 'output_audio_time', unit: 'second' },
  input_cost_per_video_per_second: {
    meter: 'input_video_time',
    unit: 'second',
    variants: ['above_8s_interval', 'above_15s_interval'],
  },
  output_cost_per_video_per_second: { meter: 'output_video_time', unit: 'second' },
  ocr_cost_per_page: { meter: 'page', unit: 'each' },
  annotation_cost_per_page: { meter: 'page', unit: 'each', variant: 'annotation' },
  code_interpreter_cost_per_session: { meter: 'session', unit: 'each' },
}

/** Older names that say the same as a name of the grammar (seen until 2026-07). */
const olderNames: Readonly<Record<string, string>> = {
  input_cost_per_token_cache_hit: 'cache_read_input_token_cost',
  input_cost_per_token_batch_requests: 'input_cost_per_token_batches',
  cache_read_input_token_cost_per_audio_token: 'cache_read_input_audio_token_cost',
}

const modeEndings = {
  batches: 'batch',
  flex: 'flex',
  priority: 'priority',
  ultrafast: 'ultrafast',
} as const

const namePattern =
  /^(?<head>.+?)(?<ttl>_above_1hr)?(?:_above_(?<bound>[1-9]\d{0,8})(?<thousands>k?)_tokens)?(?:_(?<ending>batches|flex|priority|ultrafast))?$/

/** The name of the grammar for a name: itself, or what an older name stands for. */
export function presentName(name: string): string {
  return Object.hasOwn(olderNames, name) ? (olderNames[name] ?? name) : name
}

/** Undefined for what is no price, or one that the grammar does not know. */
export function componentOf(name: string): PriceTerm | undefined {
  const { head, ttl, bound, thousands, ending } = namePattern.exec(presentName(name))?.groups ?? {}
  const known = head === undefined ? undefined : stemsByHead.get(head)
  if (!known || (ttl !== undefined && !known.stem.hasTtl)) return undefined
  const { meter, unit } = known.stem
  return {
    meter,
    ...(unit === undefined ? {} : { unit }),
    ...(ending === undefined ? {} : { mode: modeOf(ending) }),
    ...(bound === undefined ? {} : { minTokens: Number(bound) * (thousands === 'k' ? 1000 : 1) }),
    ...(ttl === undefined ? {} : { ttl: '1h' }),
    ...(known.variant === undefined ? {} : { variant: known.variant }),
  }
}

/** A stem, alone or followed by one of its variants. */
const stemsByHead = new Map(
  Object.entries(stems).flatMap(([name, stem]) => [
    [name, { stem, variant: stem.variant }] as const,
    ...(stem.variants ?? []).map((variant) => [`${name}_${variant}`, { stem, variant }] as const),
  ]),
)

const headsByTerm = new Map(
  [...stemsByHead].map(([head, { stem, variant }]) => [
    headKey(stem.meter, stem.unit, variant),
    head,
  ]),
)

function headKey(meter: Meter, unit: string | undefined, variant: string | undefined): string {
  return [meter, unit, variant].join(';')
}

/** The name for a component's circumstances; undefined where LiteLLM's format cannot say them. */
export function nameOf(component: PriceTerm): string | undefined {
  const { meter, unit, mode, minTokens, ttl, variant, ...others } = component
  const head = headsByTerm.get(headKey(meter, unit, variant))
  if (head === undefined || isStated(others)) return undefined
  const ending = mode === undefined ? '' : endingOf(mode)
  const tier = minTokens === undefined ? '' : tierPart(minTokens)
  const life = ttl === undefined ? '' : lifePart(head, ttl)
  if (ending === undefined || tier === undefined || life === undefined) return undefined
  return head + life + tier + ending
}

/** Windows, regions, announced and marginal prices have no name here. */
function isStated(others: Partial<PriceComponent>): boolean {
  const { amount: _amount, ...circumstances } = others
  return Object.values(circumstances).some((value) => value !== undefined)
}

function modeOf(ending: string): string {
  return Object.entries(modeEndings).find(([name]) => name === ending)?.[1] ?? ending
}

function endingOf(mode: string): string | undefined {
  const ending = Object.entries(modeEndings).find(([, name]) => name === mode)?.[0]
  return ending === undefined ? undefined : `_${ending}`
}

function tierPart(minTokens: number): string | undefined {
  if (!Number.isSafeInteger(minTokens) || minTokens <= 0) return undefined
  return minTokens % 1000 === 0
    ? `_above_${minTokens / 1000}k_tokens`
    : `_above_${minTokens}_tokens`
}

function lifePart(head: string, ttl: string): string | undefined {
  // The five minutes that a cache entry lives by default are the name without an ending.
  if (ttl === '5m') return ''
  return ttl === '1h' && stemsByHead.get(head)?.stem.hasTtl ? '_above_1hr' : undefined
}

/** In which unit the amounts of a meter are stated. */
export function statedUnit(meter: Meter): PriceUnit {
  return isTokenMeter(meter) ? 'usdPerToken' : 'usdPerUnit'
}
