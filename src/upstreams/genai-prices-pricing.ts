/**
 * genai-prices' `prices` → components. One object of `{key: amount | {base, tiers}}`, or a list of
 * `{constraint?, prices}` that is read from its end: the first one whose condition holds is the price,
 * and the first of the list is the price where none holds (as the project's own clients do it).
 */
import { z } from 'zod'
import {
  componentKey,
  readAmount,
  sortComponents,
  type PriceComponent,
  type PriceSheet,
  type PriceUnit,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { ownEntries } from './raw-object.ts'

export interface PricedKey {
  unit: PriceUnit
  component: Omit<PriceComponent, 'amount'>
}

const perMillion = (component: PricedKey['component']): PricedKey => ({
  unit: 'usdPerMillionTokens',
  component,
})
const perThousand = (component: PricedKey['component']): PricedKey => ({
  unit: 'usdPerThousandUnits',
  component: { ...component, unit: 'each' },
})
const perHour = (component: PricedKey['component']): PricedKey => ({
  unit: 'usdPerUnit',
  component: { ...component, unit: 'hour' },
})

/** Also for the way back: http/formats/genai-prices-pricing.ts. */
export const pricedKeys: Readonly<Record<string, PricedKey>> = {
  input_mtok: perMillion({ meter: 'input' }),
  output_mtok: perMillion({ meter: 'output' }),
  output_reasoning_mtok: perMillion({ meter: 'reasoning' }),
  output_citation_mtok: perMillion({ meter: 'citation' }),
  cache_read_mtok: perMillion({ meter: 'cache_read' }),
  cache_write_mtok: perMillion({ meter: 'cache_write' }),
  cache_write_5m_mtok: perMillion({ meter: 'cache_write', ttl: '5m' }),
  cache_write_1h_mtok: perMillion({ meter: 'cache_write', ttl: '1h' }),
  input_audio_mtok: perMillion({ meter: 'input_audio' }),
  output_audio_mtok: perMillion({ meter: 'output_audio' }),
  cache_audio_read_mtok: perMillion({ meter: 'cache_read_audio' }),
  cache_audio_write_mtok: perMillion({ meter: 'cache_write_audio' }),
  input_image_mtok: perMillion({ meter: 'input_image' }),
  output_image_mtok: perMillion({ meter: 'output_image' }),
  input_video_mtok: perMillion({ meter: 'input_video' }),
  output_video_mtok: perMillion({ meter: 'output_video' }),
  requests_kcount: perThousand({ meter: 'request' }),
  web_searches_kcount: perThousand({ meter: 'web_search' }),
  input_document_kpages: perThousand({ meter: 'page' }),
  input_annotated_document_kpages: perThousand({ meter: 'page', variant: 'annotated' }),
  input_audio_hours: perHour({ meter: 'input_audio_time' }),
  output_audio_hours: perHour({ meter: 'output_audio_time' }),
}

export interface ReadPrices {
  prices: PriceSheet
  /** What has no component, as stated; null = nothing. */
  rest: Json
}

/** Throws InvalidPrice, and ZodError for tiers of another shape. */
export function readGenaiPrices(stated: Json): ReadPrices {
  const cases = priceCases(stated)
  // A half-understood list of conditions would give a price at the wrong time.
  if (!cases) return { prices: { components: [] }, rest: stated }
  const components = new Map<string, PriceComponent>()
  let rest: Json = null
  for (const { prices, circumstances } of cases) {
    const read = readComponents(prices, circumstances)
    if (read.isDynamic) return { prices: { dynamic: true, components: [] }, rest: stated }
    if (Object.keys(read.rest).length > 0) rest = isJsonObject(stated) ? read.rest : stated
    for (const component of read.components) components.set(componentKey(component), component)
  }
  return { prices: { components: sortComponents([...components.values()]) }, rest }
}

type Circumstances = Pick<PriceComponent, 'from' | 'until' | 'window'>

interface PriceCase {
  prices: JsonObject
  circumstances: Circumstances
}

/** Undefined when a condition is not one that components can say. */
function priceCases(stated: Json): PriceCase[] | undefined {
  if (isJsonObject(stated)) return [{ prices: stated, circumstances: {} }]
  if (stated === null) return []
  const parsed = z.array(ConditionalPrices).safeParse(stated)
  if (!parsed.success || !Array.isArray(stated)) return undefined
  return parsed.data.flatMap(({ constraint }, index): PriceCase[] => {
    const item = stated[index]
    const prices = isJsonObject(item) ? item['prices'] : undefined
    if (!isJsonObject(prices)) return []
    const until = earliestStart(parsed.data.slice(index + 1))
    const circumstances = index === 0 || !constraint ? {} : circumstancesOf(constraint)
    if (until === always || (until !== undefined && until <= (circumstances.from ?? always)))
      return []
    return [
      { prices, circumstances: { ...circumstances, ...(until === undefined ? {} : { until }) } },
    ]
  })
}

const Clock = z.string().regex(/^\d{2}:\d{2}(:00)?(\.0+)?Z?$/)

// The npm package adds a `type`; the published file does without.
const Constraint = z.union([
  z.strictObject({ start_date: z.iso.date(), type: z.string().optional() }),
  z.strictObject({ start_time: Clock, end_time: Clock, type: z.string().optional() }),
])
type Constraint = z.infer<typeof Constraint>

const ConditionalPrices = z.strictObject({
  constraint: Constraint.nullish(),
  prices: z.record(z.string(), z.unknown()),
})
type ConditionalPrices = z.infer<typeof ConditionalPrices>

const always = ''

/** When a later case takes over for good; '' = at all times, undefined = never. Text dates compare. */
function earliestStart(later: readonly ConditionalPrices[]): string | undefined {
  const starts = later.flatMap(({ constraint }) => {
    if (!constraint) return [always]
    return 'start_date' in constraint ? [constraint.start_date] : []
  })
  return starts.sort()[0]
}

function circumstancesOf(constraint: Constraint): Circumstances {
  if ('start_date' in constraint) return { from: constraint.start_date }
  const { start_time: from, end_time: to } = constraint
  return { window: { from: from.slice(0, 5), to: to.slice(0, 5) } }
}

const Tiered = z.strictObject({
  base: z.unknown(),
  tiers: z.array(z.strictObject({ start: z.int().nonnegative(), price: z.unknown() })),
})

interface ReadComponents {
  components: PriceComponent[]
  rest: JsonObject
  isDynamic: boolean
}

function readComponents(prices: JsonObject, circumstances: Circumstances): ReadComponents {
  const read: ReadComponents = { components: [], rest: {}, isDynamic: false }
  const rest: [string, Json][] = []
  for (const [key, value] of ownEntries(prices)) {
    const priced = Object.hasOwn(pricedKeys, key) ? pricedKeys[key] : undefined
    const steps = priced && value !== null ? priceSteps(value) : []
    if (!priced) rest.push([key, value])
    for (const { minTokens, price } of steps) {
      const amount = priced && readAmount(price, priced.unit)
      if (amount === 'dynamic') read.isDynamic = true
      else if (priced && amount !== undefined)
        read.components.push({
          ...priced.component,
          ...circumstances,
          ...(minTokens === undefined ? {} : { minTokens }),
          amount,
        })
    }
  }
  return { ...read, rest: Object.fromEntries(rest) }
}

/** A tier applies to the whole request when its prompt has more tokens than `start`. */
function priceSteps(value: Json): { minTokens?: number; price: unknown }[] {
  if (!isJsonObject(value)) return [{ price: value }]
  const { base, tiers } = Tiered.parse(value)
  return [{ price: base }, ...tiers.map(({ start, price }) => ({ minTokens: start, price }))]
}
