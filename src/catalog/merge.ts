/**
 * One model out of what all upstreams say: each field comes from the best listing that states it,
 * and operators' overrides come first. Pure; docs: ARCHITECTURE.md § Merge.
 */
import { canonicalJson } from '../json.ts'
import {
  fieldNames,
  isFieldName,
  modelFields,
  parseFieldValue,
  type FieldName,
  type FieldValue,
  type ModelFields,
} from './fields.ts'
import type { Listing } from './listing.ts'
import { parseComponentKey } from './component-key.ts'
import type { CatalogModel, Lifecycle } from './model.ts'
import {
  componentKey,
  ladderKey,
  type PriceComponent,
  sortComponents,
  type PriceSheet,
} from './price.ts'
import { pricesInForce } from './price-dates.ts'

export type ListingState = 'present' | 'missing' | 'retired'

export interface StatedListing extends Listing {
  upstream: string
  state: ListingState
}

/** `field` is a field's name or `price.<component>`. */
export interface ModelOverride {
  field: string
  value: FieldValue
}

/** Lower is better. The same for every listing of an upstream, so that merging is reproducible. */
export type Authority = (upstream: string, provider: string, field: FieldName | 'prices') => number

export interface MergeInput {
  provider: string
  modelId: string
  /** At least one, of different upstreams. */
  listings: readonly StatedListing[]
  overrides: readonly ModelOverride[]
  /** What operators have said so far; undefined for a model that is new to the catalog. */
  operator: Pick<CatalogModel, 'review' | 'tiers'> | undefined
  authority: Authority
  /** Whether a new model becomes active at once. */
  autoActivate: boolean
  /** ISO date (UTC): an announced deprecation that has come counts. */
  today: string
}

export function mergeModel(input: MergeInput): CatalogModel {
  const { provider, modelId, overrides, operator } = input
  const listings = usableListings(input.listings).map((listing) => ({
    ...listing,
    prices: pricesInForce(listing.prices, input.today),
  }))
  const provenance: Record<string, string> = {}
  const fields = mergeFields(input, listings, provenance)
  const prices = mergePrices(input, listings, provenance)
  overrideAll(fields, prices, overrides, provenance)
  fields.name ??= modelId
  return {
    provider,
    modelId,
    fields,
    prices: { ...prices, components: sortComponents(prices.components) },
    extra: Object.fromEntries(listings.map((listing) => [listing.upstream, listing.extra])),
    lifecycle: lifecycleOf(listings, fields, input.today),
    review: operator?.review ?? (input.autoActivate ? 'active' : 'new'),
    tiers: operator?.tiers ?? [],
    provenance,
    conflicts: conflictsOf(listings),
  }
}

// A retired listing says nothing any more unless it is all there is: then it is the model's memory.
function usableListings(listings: readonly StatedListing[]): StatedListing[] {
  const known = listings.filter((listing) => listing.state !== 'retired')
  const usable = known.length > 0 ? known : [...listings]
  return usable.sort((a, b) => (a.upstream < b.upstream ? -1 : 1))
}

/** Listings that are present come before missing ones; then authority decides, then the id. */
function byAuthority(
  input: MergeInput,
  listings: StatedListing[],
  field: FieldName | 'prices',
): StatedListing[] {
  const score = ({ upstream, state }: StatedListing) =>
    input.authority(upstream, input.provider, field) + (state === 'present' ? 0 : 1000)
  return listings.toSorted((a, b) => score(a) - score(b))
}

function mergeFields(
  input: MergeInput,
  listings: StatedListing[],
  provenance: Record<string, string>,
): ModelFields {
  const fields: Record<string, FieldValue> = {}
  for (const field of fieldNames) {
    const best = byAuthority(input, listings, field).find(
      (listing) => listing.fields[field] !== undefined,
    )
    const value = best?.fields[field]
    if (best === undefined || value === undefined) continue
    fields[field] = value
    provenance[field] = best.upstream
  }
  return fields
}

// A meter's ladder (its tiers, times to live, windows) is never stitched from two sources: half of
// one and half of another is a price that nobody charges.
function mergePrices(
  input: MergeInput,
  listings: StatedListing[],
  provenance: Record<string, string>,
): PriceSheet {
  const ranked = byAuthority(input, listings, 'prices').filter(({ prices }) => statesPrices(prices))
  const [best] = ranked
  if (!best) return { components: [] }
  const sheet: PriceSheet = { ...best.prices, components: [] }
  const taken = new Map<string, string>()
  for (const { upstream, prices } of ranked) {
    // Amounts in another currency, and amounts beside "it depends", cannot be mixed in.
    if (
      upstream !== best.upstream &&
      (prices.currency !== sheet.currency || sheet.dynamic || prices.dynamic)
    )
      continue
    for (const component of prices.components) {
      const owner = taken.get(ladderKey(component)) ?? upstream
      if (owner !== upstream) continue
      taken.set(ladderKey(component), upstream)
      sheet.components.push(component)
      provenance[`price.${componentKey(component)}`] = upstream
    }
  }
  if (sheet.dynamic) provenance['price.dynamic'] = best.upstream
  return sheet
}

function statesPrices(sheet: PriceSheet): boolean {
  return sheet.dynamic === true || sheet.components.length > 0
}

function overrideAll(
  fields: ModelFields,
  prices: PriceSheet,
  overrides: readonly ModelOverride[],
  provenance: Record<string, string>,
): void {
  for (const { field, value } of overrides) {
    if (field.startsWith('price.'))
      prices.components = overridePrice(prices.components, field, String(value))
    else if (isFieldName(field)) Object.assign(fields, { [field]: parseFieldValue(field, value) })
    provenance[field] = 'override'
  }
}

function overridePrice(
  components: PriceComponent[],
  field: string,
  amount: string,
): PriceComponent[] {
  const override = parsePriceField(field, amount)
  const key = componentKey(override)
  return [...components.filter((component) => componentKey(component) !== key), override]
}

/** `price.input` or `price.input;mode=batch`: what an operator can set. Throws ZodError for others. */
export function parsePriceField(field: string, amount: string): PriceComponent {
  return parseComponentKey(field.slice('price.'.length), amount)
}

function lifecycleOf(
  listings: readonly StatedListing[],
  fields: ModelFields,
  today: string,
): Lifecycle {
  if (listings.every(({ state }) => state === 'retired')) return 'retired'
  if (listings.every(({ state }) => state !== 'present')) return 'missing'
  if (fields.stage === 'deprecated') return 'deprecated'
  return fields.deprecatedAt !== undefined && fields.deprecatedAt <= today ? 'deprecated' : 'active'
}

function conflictsOf(listings: readonly StatedListing[]): string[] {
  const stated = new Map<string, string>()
  const conflicts = new Set<string>()
  for (const listing of listings.filter(({ state }) => state === 'present'))
    for (const [field, value] of comparableValues(listing)) {
      const other = stated.get(field)
      if (other !== undefined && other !== value) conflicts.add(field)
      stated.set(field, value)
    }
  return [...conflicts].sort()
}

/** Limits and prices as text: what two upstreams can disagree on. */
export function comparableValues({ fields, prices }: Listing): [string, string][] {
  const limits = fieldNames
    .filter((field) => 'conflicts' in modelFields[field] && fields[field] !== undefined)
    .map((field): [string, string] => [field, canonicalJson(fields[field])])
  const currency = prices.currency === undefined ? '' : ` ${prices.currency}`
  const amounts = prices.components.map((component): [string, string] => [
    `price.${componentKey(component)}`,
    component.amount + currency,
  ])
  return [...limits, ...amounts]
}
