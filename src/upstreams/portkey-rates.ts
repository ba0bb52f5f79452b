/**
 * Portkey's rates: `{"<name>": {"price": n}}` in US cents, per token or per unit. 0 is written wherever a
 * rate does not apply, so it is no price (seen in 35 files of 2026).
 */
import { componentKey, type PriceComponent } from '../catalog/price.ts'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import { restUnder } from './rest-of-row.ts'
import {
  optionalPrice,
  readStatedPrices,
  type PriceTable,
  type StatedPrice,
} from './stated-prices.ts'

export interface ReadRates {
  components: PriceComponent[]
  /** What has no component, as stated. */
  rest: JsonObject
}

const perToken = (component: StatedPrice['component']) => optionalPrice('centsPerToken', component)
const perUnit = (component: StatedPrice['component']) => optionalPrice('centsPerUnit', component)

export const tokenRates: PriceTable = {
  response_token: perToken({ meter: 'output' }),
  reasoning_token: perToken({ meter: 'reasoning' }),
  cache_read_input_token: perToken({ meter: 'cache_read' }),
  cache_write_input_token: perToken({ meter: 'cache_write' }),
  request_audio_token: perToken({ meter: 'input_audio' }),
  response_audio_token: perToken({ meter: 'output_audio' }),
  cache_read_audio_input_token: perToken({ meter: 'cache_read_audio' }),
  // Models of images have these instead of `request_token`.
  request_text_token: perToken({ meter: 'input' }),
  response_text_token: perToken({ meter: 'output' }),
  request_image_token: perToken({ meter: 'input_image' }),
  response_image_token: perToken({ meter: 'output_image' }),
  cache_read_text_input_token: perToken({ meter: 'cache_read' }),
  cache_read_image_input_token: perToken({ meter: 'cache_read', variant: 'image' }),
}

export const additionalUnits: PriceTable = {
  cache_write_1h: perToken({ meter: 'cache_write', ttl: '1h' }),
  web_search: perUnit({ meter: 'web_search', unit: 'each' }),
  web_search_low_context: perUnit({ meter: 'web_search', unit: 'each', variant: 'low' }),
  web_search_medium_context: perUnit({ meter: 'web_search', unit: 'each', variant: 'medium' }),
  web_search_high_context: perUnit({ meter: 'web_search', unit: 'each', variant: 'high' }),
  generated_images: perUnit({ meter: 'output_image_each', unit: 'each' }),
  video_seconds: perUnit({ meter: 'output_video_time', unit: 'second' }),
}

export interface RateReading {
  /** The circumstances that all rates of an object share. */
  of: Partial<PriceComponent>
  /** What `request_token` counts in this model. */
  request: StatedPrice
}

/**
 * Some models are not paid by tokens, and `request_token` is then the price of whatever they are paid
 * by; only the model's name tells (seen 2026 at Cohere, Bedrock, Azure, Vertex, Mistral and OpenAI).
 */
export function countedBy(modelId: string): StatedPrice {
  if (/(?:^|[.-])rerank-|^semantic-ranker-/i.test(modelId))
    return perUnit({ meter: 'query', unit: 'each' })
  if (/^mistral-(?:ocr|document-ai)-/.test(modelId)) return perUnit({ meter: 'page', unit: 'each' })
  return /^tts(?:-1)?(?:-hd)?(?:-1106)?$/.test(modelId)
    ? perUnit({ meter: 'input_character', unit: 'character' })
    : perToken({ meter: 'input' })
}

/** Throws InvalidPrice. */
export function readRates(rates: Json | undefined, { of, request }: RateReading): ReadRates {
  if (!isJsonObject(rates)) return { components: [], rest: {} }
  const units = isJsonObject(rates['additional_units']) ? rates['additional_units'] : {}
  const { image } = rates
  const tokens = { request_token: request, ...tokenRates }
  const perTokens = readTable(objectWithout(rates, notPerToken(rates, units)), tokens, of)
  const perUnits = readTable(units, { ...additionalUnits, ...videoSizes(units) }, of)
  const images = readImages(isJsonObject(image) ? image : {}, of)
  const components = [...perTokens, ...perUnits, ...images].map(({ component }) => component)
  const rest = objectWithout(rates, [
    ...perTokens.map(({ name }) => name),
    ...(isJsonObject(rates['additional_units']) ? ['additional_units'] : []),
    ...(images.length > 0 ? ['image'] : []),
  ])
  const unitsRest = objectWithout(
    units,
    perUnits.map(({ name }) => name),
  )
  return { components, rest: { ...rest, ...restUnder('additional_units', unitsRest) } }
}

interface NamedComponent {
  name: string
  component: PriceComponent
}

function readTable(
  stated: JsonObject,
  table: PriceTable,
  of: Partial<PriceComponent>,
): NamedComponent[] {
  const seen = new Set<string>()
  return Object.entries(table).flatMap(([name, price]) => {
    const { prices } = readStatedPrices({ rate: priceOf(stated[name]) }, { rate: price }, { of })
    const [component] = prices.components
    if (!component || seen.has(componentKey(component))) return []
    seen.add(componentKey(component))
    return [{ name, component }]
  })
}

function priceOf(rate: Json | undefined): Json {
  return isJsonObject(rate) && Object.keys(rate).length === 1 ? (rate['price'] ?? null) : null
}

/**
 * Speech is paid by the minute. Such a price stands under `additional_units` and once more, the same
 * number, as if it were one of tokens (whisper-1, gpt-4o-transcribe).
 */
function notPerToken(rates: JsonObject, units: JsonObject): string[] {
  const perMinute = new Set(
    ['request_audio_token', 'response_audio_token'].map((name) =>
      canonicalJson(priceOf(units[name])),
    ),
  )
  return Object.keys(rates).filter((name) => {
    const price = priceOf(rates[name])
    return price !== null && price !== 0 && perMinute.has(canonicalJson(price))
  })
}

/** `video_duration_seconds_1280_720` is the price of one second in that size. */
function videoSizes(units: JsonObject): PriceTable {
  const sizes = Object.keys(units).flatMap((name) => {
    const [, width, height] = /^video_duration_seconds_(\d+)_(\d+)$/.exec(name) ?? []
    const variant = `${width}x${height}`
    return width === undefined
      ? []
      : [[name, perUnit({ meter: 'output_video_time', unit: 'second', variant })] as const]
  })
  return Object.fromEntries(sizes)
}

/** `{"<quality>": {"<size>": {"price": n}}}`, each of which may be "default"; all or nothing. */
function readImages(image: JsonObject, of: Partial<PriceComponent>): NamedComponent[] {
  const read = ownEntries(image).flatMap(([quality, sizes]) =>
    ownEntries(isJsonObject(sizes) ? sizes : {}).map(([size, rate]) => {
      const variant = [quality, size].filter((word) => word !== 'default').join(' ')
      const price = perUnit({
        meter: 'output_image_each',
        unit: 'each',
        ...(variant === '' ? {} : { variant }),
      })
      return readTable({ rate }, { rate: price }, of)[0]
    }),
  )
  return read.includes(undefined) ? [] : read.flatMap((one) => one ?? [])
}
