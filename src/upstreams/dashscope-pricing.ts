/**
 * Alibaba's prices: ranges of the prompt's length, each with rows of a type, a price and its unit in
 * words ("Per 1M tokens", "每百万tokens"). What cannot be read for certain (a range that also depends on
 * the answer, an unknown type, another unit or currency) is not priced and stays as stated.
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
import { isJsonObject, type Json } from '../json.ts'

type Circumstances = Omit<PriceComponent, 'amount'>

/** Rows per token. Hybrid models answer cheaper without thinking: `thinking_output_token` is the other. */
const tokenTypes: Record<string, Circumstances> = {
  input_token: { meter: 'input' },
  text_input_token: { meter: 'input' },
  omni_no_audio_input_token: { meter: 'input' },
  embedding_token: { meter: 'input' },
  thinking_input_token: { meter: 'input', mode: 'thinking' },
  input_token_batch: { meter: 'input', mode: 'batch' },
  embedding_token_batch: { meter: 'input', mode: 'batch' },
  output_token: { meter: 'output' },
  purein_text_output_token: { meter: 'output' },
  omni_no_audio_output_token: { meter: 'output' },
  multiin_text_output_token: { meter: 'output', variant: 'multimodal_input' },
  output_token_batch: { meter: 'output', mode: 'batch' },
  thinking_output_token: { meter: 'reasoning' },
  thinking_output_token_batch: { meter: 'reasoning', mode: 'batch' },
  input_token_cache: { meter: 'cache_read' },
  text_input_token_cache: { meter: 'cache_read' },
  thinking_input_token_cache: { meter: 'cache_read', mode: 'thinking' },
  // A cache that the caller makes is read cheaper than the one that comes by itself.
  input_token_cache_read: { meter: 'cache_read', variant: 'explicit' },
  input_token_cache_creation_5m: { meter: 'cache_write', ttl: '5m' },
  audio_input_token: { meter: 'input_audio' },
  omni_audio_input_token: { meter: 'input_audio' },
  audio_input_token_cache: { meter: 'cache_read_audio' },
  multi_output_token: { meter: 'output_audio' },
  omni_audio_output_token: { meter: 'output_audio' },
  vision_input_token: { meter: 'input_image' },
  embedding_image_token: { meter: 'input_image' },
}

/** Rows per something else, with the words that their unit must have. */
const otherTypes: Record<string, { per: RegExp; component: Circumstances }> = {
  image_number: {
    per: /^(per )?(1 )?(image|picture|piece)s?$|^每?张$/i,
    component: { meter: 'output_image_each', unit: 'each' },
  },
  content_duration: {
    per: /^(per )?(1 )?seconds?$|^每?秒$/i,
    component: { meter: 'input_audio_time', unit: 'second' },
  },
}

const tokenUnits: readonly { per: RegExp; unit: PriceUnit }[] = [
  {
    per: /^(per )?(1 ?m|million|1,?000,?000) ?tokens?$|^每?百万 ?tokens?$/i,
    unit: 'usdPerMillionTokens',
  },
  {
    per: /^(per )?(1 ?k|thousand|1,?000) ?tokens?$|^每?千 ?tokens?$/i,
    unit: 'usdPerThousandTokens',
  },
]

const currencyWords: Record<string, RegExp> = {
  USD: /USD|US\$|\$|dollars?|美元/gi,
  CNY: /CNY|RMB|yuan|¥|￥|人民币|(?<!美)元/gi,
}

const DashscopeRow = z.object({
  type: z.string(),
  price: z.unknown().optional(),
  price_unit: z.string(),
  time_band: z.string().nullish(),
})
type DashscopeRow = z.infer<typeof DashscopeRow>

export interface ReadPrices {
  prices: PriceSheet
  /** Ranges with the rows that have no component, as stated. */
  rest: Json[]
}

/** `currency` is the list's own, which its rows need not name. Throws InvalidPrice. */
export function readDashscopePrices(ranges: readonly Json[], currency: string): ReadPrices {
  const components = new Map<string, PriceComponent>()
  const rest: Json[] = []
  for (const range of ranges) {
    const { rows, minTokens } = readRange(range)
    const unread = rows.filter((row) => {
      const component = minTokens === undefined ? undefined : readRow(row, minTokens, currency)
      if (!component || components.has(componentKey(component))) return true
      components.set(componentKey(component), component)
      return false
    })
    if (isJsonObject(range) && rows.length > 0 && unread.length > 0)
      rest.push({ ...range, prices: unread })
    else if (rows.length === 0) rest.push(range)
  }
  const isForeign = currency !== 'USD' && components.size > 0
  return {
    prices: {
      ...(isForeign ? { currency } : {}),
      components: sortComponents([...components.values()]),
    },
    rest,
  }
}

function readRange(range: Json): { rows: Json[]; minTokens: number | undefined } {
  if (!isJsonObject(range)) return { rows: [], minTokens: undefined }
  const { prices, range_name: name } = range
  return {
    rows: Array.isArray(prices) ? prices : [],
    minTokens: lowerBound(typeof name === 'string' ? name : ''),
  }
}

const rangePattern = /^(?:(\d+)([km]?)<=?)?(?:input|输入)(?:<=?\d+[km]?)?$/i
const thousands: Record<string, number> = { '': 1, k: 1000, m: 1_000_000 }

/** "Default" and "Input<=128k" → 0, "128k<Input<=1m" → 128000; undefined for any other condition. */
function lowerBound(name: string): number | undefined {
  const text = name.replaceAll(/\s/g, '').replaceAll('≤', '<=')
  if (text === '' || /^(default|默认)$/i.test(text)) return 0
  const match = rangePattern.exec(text)
  if (!match) return undefined
  const [, bound = '0', unit = ''] = match
  return Number(bound) * (thousands[unit.toLowerCase()] ?? 1)
}

function readRow(raw: Json, minTokens: number, currency: string): PriceComponent | undefined {
  const row = DashscopeRow.safeParse(raw).data
  const meaning = row && readMeaning(row, currency)
  const amount = row && meaning && readAmount(row.price, meaning.unit)
  if (!row || !meaning || amount === undefined || amount === 'dynamic') return undefined
  const isAlways =
    row.time_band === undefined || row.time_band === null || row.time_band === 'standard'
  return {
    ...meaning.component,
    ...(minTokens > 0 ? { minTokens } : {}),
    // "peak" and "offpeak": the hours are not stated.
    ...(isAlways
      ? {}
      : { variant: [meaning.component.variant, row.time_band].filter(Boolean).join(' ') }),
    amount,
  }
}

/** What a row counts and in which unit; undefined where its words do not say so. */
function readMeaning(
  { type, price_unit: stated }: DashscopeRow,
  currency: string,
): { component: Circumstances; unit: PriceUnit } | undefined {
  const namesOther = Object.entries(currencyWords).some(
    ([name, words]) => name !== currency && stated.search(words) >= 0,
  )
  if (namesOther) return undefined
  const per = withoutCurrency(stated, currency)
  if (Object.hasOwn(tokenTypes, type)) {
    const component = tokenTypes[type]
    const unit = tokenUnits.find((known) => known.per.test(per))?.unit
    return component && unit && { component, unit }
  }
  const other = Object.hasOwn(otherTypes, type) ? otherTypes[type] : undefined
  return other?.per.test(per) ? { component: other.component, unit: 'usdPerUnit' } : undefined
}

/** "CNY / 1M tokens" → "1M tokens". */
function withoutCurrency(unit: string, currency: string): string {
  const words = currencyWords[currency]
  return (words ? unit.replaceAll(words, '') : unit).replace('/', '').trim()
}
