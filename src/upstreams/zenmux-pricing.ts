/**
 * ZenMux writes prices as JSON inside a string: fee items, each with records of a rate, its unit
 * (`chargeUnit`) and the prompts that it applies to (`promptKToken`, thousands of tokens).
 */
import { z } from 'zod'
import {
  componentKey,
  readAmount,
  sortComponents,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import { isJsonObject, JsonDecimal, parseJson, type Json } from '../json.ts'
import { RejectedEntry } from './upstream.ts'

const meters: Readonly<Record<string, Omit<PriceComponent, 'amount'>>> = {
  prompt: { meter: 'input' },
  completion: { meter: 'output' },
  internal_reasoning: { meter: 'reasoning' },
  input_cache_read: { meter: 'cache_read' },
  input_cache_write: { meter: 'cache_write' },
  input_cache_write_5_min: { meter: 'cache_write', ttl: '5m' },
  input_cache_write_1_h: { meter: 'cache_write', ttl: '1h' },
  image_input: { meter: 'input_image' },
  image_output: { meter: 'output_image' },
}
/** The units that count tokens; rates in any other are not read. */
const perMillionTokens = new Set(['millionTokens', 'perMTokens'])

const FeeItem = z.object({
  feeItemCode: z.string(),
  feeRecords: z.array(
    z.object({
      feeRate: z.unknown().optional(),
      components: z.array(z.object({ code: z.string(), value: z.unknown().optional() })).nullish(),
    }),
  ),
})
type FeeItem = z.infer<typeof FeeItem>
type FeeRecord = FeeItem['feeRecords'][number]

export interface ReadFees {
  prices: PriceSheet
  /** Every fee item has become a price. */
  isWhole: boolean
}

/** Throws RejectedEntry for a string that is no list of fee items, and InvalidPrice. */
export function readZenmuxFees(text: string | null | undefined): ReadFees {
  if (!text?.trim()) return { prices: { components: [] }, isWhole: true }
  const components = new Map<string, PriceComponent>()
  let isWhole = true
  for (const item of feeItems(text)) {
    const read = readItem(item)
    if (read?.some((one) => components.has(componentKey(one))) !== false) isWhole = false
    else for (const one of read ?? []) components.set(componentKey(one), one)
  }
  return { prices: { components: sortComponents([...components.values()]) }, isWhole }
}

function feeItems(text: string): FeeItem[] {
  try {
    return z.array(FeeItem).parse(parseJson(text))
  } catch (error) {
    throw new RejectedEntry(
      'pricing_unreadable',
      `variable_pricings is no list of fee items: ${error instanceof Error ? error.message : ''}`,
    )
  }
}

/** Undefined where one of its records cannot be said: a ladder is taken as a whole. */
function readItem({ feeItemCode, feeRecords }: FeeItem): PriceComponent[] | undefined {
  const meter = Object.hasOwn(meters, feeItemCode) ? meters[feeItemCode] : undefined
  const read = meter ? feeRecords.map((record) => readRecord(record, meter)) : [undefined]
  const bounds = new Set(read.map((component) => component?.minTokens))
  if (read.includes(undefined) || bounds.size < read.length) return undefined
  return read.flatMap((component) => (component ? [component] : []))
}

function readRecord(
  { feeRate, components }: FeeRecord,
  meter: Omit<PriceComponent, 'amount'>,
): PriceComponent | undefined {
  const stated = new Map(components?.map(({ code, value }) => [code, value]))
  const unit = stated.get('chargeUnit')
  if (typeof unit !== 'string' || !perMillionTokens.has(unit)) return undefined
  const isKnown = [...stated.keys()].every(
    (code) => code === 'chargeUnit' || code === 'promptKToken',
  )
  const bound = lowerBound(stated.get('promptKToken'))
  const amount = readAmount(feeRate, 'usdPerMillionTokens')
  if (!isKnown || bound === undefined || amount === undefined || amount === 'dynamic')
    return undefined
  return { ...meter, amount, ...(bound === 0 ? {} : { minTokens: bound }) }
}

/** In tokens; 0 = no bound. The range is JSON inside the string as well: `{"lowerLimit": 200, …}`. */
function lowerBound(range: unknown): number | undefined {
  if (range === undefined || range === null || range === '') return 0
  const limits = typeof range === 'string' ? parsedOr(range, null) : null
  const limit = isJsonObject(limits) ? (limits['lowerLimit'] ?? 0) : undefined
  const thousands = limit instanceof JsonDecimal ? Number(limit.text) : limit
  if (typeof thousands !== 'number' || thousands < 0) return undefined
  const tokens = thousands * 1000
  return Number.isInteger(tokens) ? tokens : undefined
}

function parsedOr(text: string, otherwise: Json): Json {
  try {
    return parseJson(text)
  } catch {
    return otherwise
  }
}
