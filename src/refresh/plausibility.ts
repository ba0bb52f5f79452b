/**
 * Which changes are believed. A slice guard holds everything a snapshot says of one provider; a value
 * guard holds one value and lets the rest pass. Pure; the limits are in one table.
 */
import { Decimal } from 'decimal.js'
import type { Listing } from '../catalog/listing.ts'
import { componentKey } from '../catalog/price.ts'
import type { Json } from '../json.ts'

export const plausibilityLimits = {
  /** Held when more than this share of the listings is gone … */
  shrinkRatio: 0.5,
  /** … or more than this share and more than so many. */
  largeShrinkRatio: 0.2,
  largeShrinkModels: 10,
  rejectRatio: 0.2,
  /** Share of the prices that move by the same power of ten. */
  unitShiftRatio: 0.2,
  /** Share of the prices that move by `bigMove` or more in one direction. */
  bigMoveRatio: 0.3,
  bigMove: 20,
  /** One price that moves by this factor or more is held alone. */
  priceJump: 10,
  /** A context window that falls below this share of what it was is held alone. */
  contextShrinkRatio: 0.5,
} as const

export type SliceHoldReason = 'empty_slice' | 'below_minimum' | 'shrink' | 'rejects' | 'unit_shift'
export type ValueHoldReason = 'price_jump' | 'price_to_zero' | 'context_shrink'

/** One price component before and after, decimal text. */
export interface PriceMove {
  modelId: string
  component: string
  from: string
  to: string
}

export interface SliceEvidence {
  /** Listings that were present when the slice was applied last; 0 for a first slice. */
  previousListings: number
  /** The list of a runtime: it is as long as what is loaded, and may be empty. */
  mayShrink?: boolean
  /** Listings now, counting rejected entries that are stored as present. */
  listings: number
  entries: number
  rejected: number
  /** The whole snapshot has fewer entries than the adapter's minimum. */
  belowMinimum: boolean
  moves: PriceMove[]
  /** Price components that are the same as before. */
  steadyPrices: number
}

export interface SliceHold {
  reason: SliceHoldReason
  message: string
}

export interface ValueHold {
  modelId: string
  /** `price.<component>` or a field's name. */
  field: string
  reason: ValueHoldReason
  from: Json
  to: Json
}

/** The first guard that does not believe the slice, or undefined. */
export function assessSlice(evidence: SliceEvidence): SliceHold | undefined {
  return assessSize(evidence) ?? assessRejects(evidence) ?? assessUnit(evidence) ?? undefined
}

function assessSize({
  previousListings: knownListings,
  mayShrink = false,
  listings,
  belowMinimum,
  entries,
}: SliceEvidence): SliceHold | undefined {
  const previousListings = mayShrink ? 0 : knownListings
  if (previousListings > 0 && listings === 0)
    return {
      reason: 'empty_slice',
      message: `All ${previousListings} models are gone from the list.`,
    }
  if (belowMinimum)
    return {
      reason: 'below_minimum',
      message: `The whole list has fewer entries than it ever should (${entries} here).`,
    }
  const lost = previousListings - listings
  const share = previousListings === 0 ? 0 : lost / previousListings
  const { shrinkRatio, largeShrinkRatio, largeShrinkModels } = plausibilityLimits
  if (share > shrinkRatio || (share > largeShrinkRatio && lost > largeShrinkModels))
    return {
      reason: 'shrink',
      message: `The list shrank from ${previousListings} to ${listings} models.`,
    }
  return undefined
}

function assessRejects({ entries, rejected }: SliceEvidence): SliceHold | undefined {
  if (entries === 0 || rejected / entries <= plausibilityLimits.rejectRatio) return undefined
  return { reason: 'rejects', message: `${rejected} of ${entries} entries did not validate.` }
}

// One model whose prices all move is a price change; the same factor in several models is a unit.
function assessUnit({ moves, steadyPrices }: SliceEvidence): SliceHold | undefined {
  const prices = moves.length + steadyPrices
  const { unitShiftRatio, bigMoveRatio, bigMove } = plausibilityLimits
  for (const [exponent, shifted] of groupByPowerOfTen(moves))
    if (isWidespread(shifted, prices, unitShiftRatio))
      return unitShift(shifted.length, prices, `by exactly 10^${exponent}`)
  const [up, down] = [bigMove, 1 / bigMove]
  const risen = moves.filter((move) => ratio(move)?.gte(up))
  if (isWidespread(risen, prices, bigMoveRatio))
    return unitShift(risen.length, prices, `up by ${bigMove}× or more`)
  const fallen = moves.filter((move) => ratio(move)?.lte(down))
  if (isWidespread(fallen, prices, bigMoveRatio))
    return unitShift(fallen.length, prices, `down by ${bigMove}× or more`)
  return undefined
}

function unitShift(count: number, prices: number, how: string): SliceHold {
  return {
    reason: 'unit_shift',
    message: `${count} of ${prices} prices moved ${how}: a unit changed?`,
  }
}

function isWidespread(moves: PriceMove[], prices: number, share: number): boolean {
  return moves.length / prices > share && new Set(moves.map(({ modelId }) => modelId)).size > 1
}

function groupByPowerOfTen(moves: readonly PriceMove[]): Map<number, PriceMove[]> {
  const groups = new Map<number, PriceMove[]>()
  for (const move of moves) {
    const exponent = powerOfTen(move)
    if (exponent !== undefined) groups.set(exponent, [...(groups.get(exponent) ?? []), move])
  }
  return groups
}

function powerOfTen({ from, to }: PriceMove): number | undefined {
  if (from === '0' || to === '0') return undefined
  const [a, b] = [new Decimal(from), new Decimal(to)]
  const exponent = b.e - a.e
  return exponent !== 0 && a.times(new Decimal(10).pow(exponent)).eq(b) ? exponent : undefined
}

/** to / from; undefined where one of them is 0. */
function ratio({ from, to }: PriceMove): Decimal | undefined {
  return from === '0' || to === '0' ? undefined : new Decimal(to).div(from)
}

/** Prices that both listings state, split into moved and steady. */
export function comparePrices(
  before: Listing,
  after: Listing,
): { moves: PriceMove[]; steady: number } {
  // Amounts in different currencies say nothing about each other.
  if (before.prices.currency !== after.prices.currency) return { moves: [], steady: 0 }
  const known = new Map(
    before.prices.components.map((component) => [componentKey(component), component.amount]),
  )
  const moves: PriceMove[] = []
  let steady = 0
  for (const component of after.prices.components) {
    const key = componentKey(component)
    const from = known.get(key)
    if (from === component.amount) steady++
    else if (from !== undefined)
      moves.push({ modelId: after.modelId, component: key, from, to: component.amount })
  }
  return { moves, steady }
}

/** Values of one listing that are not believed yet. */
export function assessValues(before: Listing, after: Listing): ValueHold[] {
  const held: ValueHold[] = []
  for (const move of comparePrices(before, after).moves) {
    const reason = assessMove(move)
    if (reason)
      held.push({
        modelId: move.modelId,
        field: `price.${move.component}`,
        reason,
        from: move.from,
        to: move.to,
      })
  }
  const [from, to] = [before.fields.contextWindow, after.fields.contextWindow]
  if (from !== undefined && to !== undefined && to < from * plausibilityLimits.contextShrinkRatio)
    held.push({
      modelId: after.modelId,
      field: 'contextWindow',
      reason: 'context_shrink',
      from,
      to,
    })
  return held
}

function assessMove(move: PriceMove): ValueHoldReason | undefined {
  if (move.to === '0') return 'price_to_zero'
  const factor = ratio(move)
  const { priceJump } = plausibilityLimits
  // A factor of exactly 0.1 must count, hence the product instead of 1 / 10.
  return factor && (factor.gte(priceJump) || factor.times(priceJump).lte(1))
    ? 'price_jump'
    : undefined
}

/** The listing with the held values put back to what they were. */
export function withholdValues(
  before: Listing,
  after: Listing,
  held: readonly ValueHold[],
): Listing {
  if (held.length === 0) return after
  const heldFields = new Set(held.map(({ field }) => field))
  const known = new Map(
    before.prices.components.map((component) => [componentKey(component), component]),
  )
  const components = after.prices.components.map((component) => {
    const key = componentKey(component)
    return heldFields.has(`price.${key}`) ? (known.get(key) ?? component) : component
  })
  const context = before.fields.contextWindow
  const fields =
    heldFields.has('contextWindow') && context !== undefined
      ? { ...after.fields, contextWindow: context }
      : after.fields
  return { ...after, fields, prices: { ...after.prices, components } }
}

/** Sets one value that was held, now that it is believed. */
export function releaseValue(listing: Listing, field: string, value: Json): Listing {
  if (field === 'contextWindow' && typeof value === 'number')
    return { ...listing, fields: { ...listing.fields, contextWindow: value } }
  const components = listing.prices.components.map((component) =>
    typeof value === 'string' && `price.${componentKey(component)}` === field
      ? { ...component, amount: value }
      : component,
  )
  return { ...listing, prices: { ...listing.prices, components } }
}
