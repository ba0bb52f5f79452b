/**
 * What models.dev says of prices: `cost` with its tiers, and the costs of `experimental.modes`. All are
 * USD per one million tokens. Long context is written in two ways: as `tiers` (since 2026-05), and as
 * `context_over_200k`, which since then repeats the only tier, whatever its size (272,000 as well).
 */
import {
  readAmount,
  sortComponents,
  type Meter,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { objectWithout, ownEntries } from './raw-object.ts'

/** A key of `cost`, a tier or a mode → the meter. */
export const costMeters = {
  input: 'input',
  output: 'output',
  reasoning: 'reasoning',
  cache_read: 'cache_read',
  cache_write: 'cache_write',
  input_audio: 'input_audio',
  output_audio: 'output_audio',
} as const satisfies Record<string, Meter>

/** The prompt above which `context_over_200k` applies. */
export const longContext = 200_000

/**
 * `extra.cost` keeps what has no component; `extra.cost_forms` tells how tiers were written. Of
 * `experimental` nothing is taken away: its modes become components besides. Throws InvalidPrice.
 */
export function readCost(
  cost: JsonObject | undefined,
  experimental: Json | undefined,
): { prices: PriceSheet; extra: JsonObject } {
  const base = readAmounts(objectWithout(cost ?? {}, ['tiers', 'context_over_200k']), {})
  const long = readLongContext(cost?.['tiers'], cost?.['context_over_200k'])
  const components = [...base.components, ...long.components]
  const rest = { ...base.rest, ...long.rest }
  const keepsCost = Object.keys(rest).length > 0 || components.length === 0
  return {
    prices: {
      ...(base.isDynamic ? { dynamic: true } : {}),
      components: sortComponents([...components, ...readModes(experimental)]),
    },
    extra: {
      ...(cost !== undefined && keepsCost ? { cost: rest } : {}),
      ...(long.forms.length > 0 ? { cost_forms: long.forms } : {}),
    },
  }
}

interface LongContext {
  components: PriceComponent[]
  /** What `components` do not say, raw. */
  rest: JsonObject
  /** Which forms say no more than `components` do. */
  forms: string[]
}

function readLongContext(tiers: Json | undefined, over200k: Json | undefined): LongContext {
  if (tiers === undefined) return readOver200k(over200k)
  const read = Array.isArray(tiers) ? readTiers(tiers) : undefined
  const repeats = read !== undefined && repeatsTier(over200k, read)
  return {
    components: read?.flatMap(({ components }) => components) ?? [],
    rest: {
      ...(read ? {} : { tiers }),
      ...(over200k === undefined || repeats ? {} : { context_over_200k: over200k }),
    },
    forms: [...(read ? ['tiers'] : []), ...(repeats ? ['context_over_200k'] : [])],
  }
}

function readOver200k(over200k: Json | undefined): LongContext {
  if (over200k === undefined) return { components: [], rest: {}, forms: [] }
  const read = isJsonObject(over200k)
    ? readAmounts(over200k, { minTokens: longContext })
    : undefined
  return read && isWhole(read)
    ? { components: read.components, rest: {}, forms: ['context_over_200k'] }
    : { components: [], rest: { context_over_200k: over200k }, forms: [] }
}

interface CostTier {
  size: number
  components: PriceComponent[]
  amounts: JsonObject
}

/** Undefined when one of them is not a context tier that components can say. */
function readTiers(tiers: Json[]): CostTier[] | undefined {
  const read: CostTier[] = []
  for (const stated of tiers) {
    if (!isJsonObject(stated) || !isJsonObject(stated['tier'])) return undefined
    const { type, size, ...more } = stated['tier']
    if (type !== 'context' || typeof size !== 'number' || Object.keys(more).length > 0)
      return undefined
    const amounts = objectWithout(stated, ['tier'])
    const tier = readAmounts(amounts, { minTokens: size })
    if (!isWhole(tier) || read.some((lower) => lower.size >= size)) return undefined
    read.push({ size, components: tier.components, amounts })
  }
  return read.length > 0 ? read : undefined
}

function repeatsTier(over200k: Json | undefined, tiers: readonly CostTier[]): boolean {
  const tier = tiers.find(({ size }) => size >= longContext)
  return tier !== undefined && canonicalJson(over200k) === canonicalJson(tier.amounts)
}

function readModes(experimental: Json | undefined): PriceComponent[] {
  const modes = isJsonObject(experimental) ? experimental['modes'] : undefined
  if (!isJsonObject(modes)) return []
  return ownEntries(modes).flatMap(([mode, stated]) => {
    const cost = isJsonObject(stated) ? stated['cost'] : undefined
    return isJsonObject(cost) ? readAmounts(cost, { mode }).components : []
  })
}

interface ReadAmounts {
  components: PriceComponent[]
  rest: JsonObject
  isDynamic: boolean
}

function readAmounts(cost: JsonObject, circumstances: Partial<PriceComponent>): ReadAmounts {
  const components: PriceComponent[] = []
  const rest: [string, Json][] = []
  let isDynamic = false
  for (const [key, value] of ownEntries(cost)) {
    const meter = isCostKey(key) ? costMeters[key] : undefined
    const amount = meter && readAmount(value, 'usdPerMillionTokens')
    isDynamic ||= amount === 'dynamic'
    if (meter === undefined || amount === undefined || amount === 'dynamic') rest.push([key, value])
    else components.push({ meter, amount, ...circumstances })
  }
  return { components, rest: Object.fromEntries(rest), isDynamic }
}

function isWhole({ components, rest }: ReadAmounts): boolean {
  return components.length > 0 && Object.keys(rest).length === 0
}

function isCostKey(key: string): key is keyof typeof costMeters {
  return Object.hasOwn(costMeters, key)
}
