/**
 * A model's row in Portkey's files: `pricing_config` for everybody, and `custom_pricing` by region, then
 * mode, then length of the prompt. The region `default` refines the first; `ap-south-1,eu-west-1` is one
 * price of several regions.
 */
import {
  componentKey,
  sortComponents,
  unitMeters,
  type PriceComponent,
  type PriceSheet,
} from '../catalog/price.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { countedBy, readRates, type RateReading, type ReadRates } from './portkey-rates.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import { restUnder } from './rest-of-row.ts'

/** Throws InvalidPrice. */
export function readPortkeyPricing(
  modelId: string,
  row: JsonObject,
): { prices: PriceSheet; rest: JsonObject } {
  const reading = { of: {}, request: countedBy(modelId) }
  const base = readConfig(row['pricing_config'], reading)
  const custom = readCustom(row['custom_pricing'], reading)
  const known = new Map(base.components.map((one) => [componentKey(one), one]))
  const isContradicted = custom.components.some((one) => {
    const amount = known.get(componentKey(one))?.amount
    return amount !== undefined && amount !== one.amount
  })
  if (!isContradicted)
    for (const one of custom.components) if (!repeats(one, known)) known.set(componentKey(one), one)
  const { currency } = isJsonObject(row['pricing_config']) ? row['pricing_config'] : {}
  const unread = isContradicted ? row['custom_pricing'] : custom.rest
  return {
    prices: {
      ...(typeof currency === 'string' && currency !== 'USD' ? { currency } : {}),
      components: sortComponents([...known.values()]),
    },
    rest: {
      ...restUnder('pricing_config', base.rest),
      ...restUnder('custom_pricing', isJsonObject(unread) ? unread : {}),
    },
  }
}

/** A search costs the same in every mode and region: what is not counted in tokens is listed once. */
function repeats(
  { mode: _mode, minTokens: _minTokens, region: _region, ...plain }: PriceComponent,
  known: ReadonlyMap<string, PriceComponent>,
): boolean {
  return (
    unitMeters.some((meter) => meter === plain.meter) &&
    known.get(componentKey(plain))?.amount === plain.amount
  )
}

/** The same reading under a further circumstance. */
function under(reading: RateReading, of: Partial<PriceComponent>): RateReading {
  return { ...reading, of: { ...reading.of, ...of } }
}

function readConfig(config: Json | undefined, reading: RateReading): ReadRates {
  if (!isJsonObject(config)) return { components: [], rest: {} }
  const { pay_as_you_go: stated, batch_config: batch, fixed_cost: fixed } = config
  const flat = readRates(stated, reading)
  const batched = readRates(batch, under(reading, { mode: 'batch' }))
  const perRequest = readFixed(fixed, reading)
  return {
    components: [...flat.components, ...batched.components, ...perRequest],
    rest: {
      ...objectWithout(config, [
        'pay_as_you_go',
        'batch_config',
        'currency',
        ...(perRequest.length > 0 ? ['fixed_cost'] : []),
      ]),
      ...restUnder('pay_as_you_go', flat.rest),
      ...restUnder('batch_config', batched.rest),
    },
  }
}

/** Cents per request (Perplexity's), written as if they were of the prompt. */
function readFixed(fixed: Json | undefined, reading: RateReading): PriceComponent[] {
  const rate = isJsonObject(fixed) ? fixed['request'] : undefined
  if (rate === undefined) return []
  const { components } = readRates({ additional_units: { web_search: rate } }, reading)
  return components.map((component) => ({ ...component, meter: 'request' }))
}

function readCustom(custom: Json | undefined, reading: RateReading): ReadRates {
  if (!isJsonObject(custom)) return { components: [], rest: {} }
  const { regions, context_tier_map: tiers } = custom
  const bounds = boundsOf(tiers)
  const seen = new Set<string>()
  const all: ReadRates = { components: [], rest: {} }
  for (const [names, stated] of ownEntries(isJsonObject(regions) ? regions : {})) {
    const places = names.split(',').map((name) => name.trim())
    const modes = isJsonObject(stated) ? stated['execution_modes'] : undefined
    const isRead = isJsonObject(modes) && !places.some((place) => place === '' || seen.has(place))
    const read = readModes(isRead ? modes : {}, bounds, reading)
    all.components.push(...places.flatMap((place) => inRegion(read.components, place)))
    if (isRead && isJsonObject(stated))
      Object.assign(
        all.rest,
        restUnder(names, {
          ...objectWithout(stated, ['execution_modes']),
          ...restUnder('execution_modes', read.rest),
        }),
      )
    else all.rest[names] = stated
    for (const place of places) seen.add(place)
  }
  const isWhole = Object.keys(all.rest).length === 0
  return {
    components: all.components,
    rest: {
      ...objectWithout(custom, ['regions', ...(isWhole ? ['context_tier_map'] : [])]),
      ...restUnder('regions', all.rest),
    },
  }
}

function inRegion(components: readonly PriceComponent[], region: string): PriceComponent[] {
  return components.map((one) => (region === 'default' ? one : { ...one, region }))
}

/** `{"0": "lte-200k", "200000": "gt-200k"}`: name of the tier → above how many tokens it applies. */
function boundsOf(tiers: Json | undefined): ReadonlyMap<string, number> {
  const named = ownEntries(isJsonObject(tiers) ? tiers : {}).flatMap(([bound, name]) =>
    typeof name === 'string' && /^\d{1,9}$/.test(bound) ? [[name, Number(bound)] as const] : [],
  )
  return new Map(named)
}

function readModes(
  modes: JsonObject,
  bounds: ReadonlyMap<string, number>,
  reading: RateReading,
): ReadRates {
  const all: ReadRates = { components: [], rest: {} }
  for (const [mode, stated] of ownEntries(modes)) {
    const inMode = mode === 'standard' ? reading : under(reading, { mode })
    const { pricing_config: config, context_tiers: tiers } = isJsonObject(stated) ? stated : {}
    const flat = readConfig(config, inMode)
    const tiered = readTiers(isJsonObject(tiers) ? tiers : {}, bounds, inMode)
    all.components.push(...flat.components, ...tiered.components)
    Object.assign(
      all.rest,
      restUnder(mode, {
        ...restUnder('pricing_config', flat.rest),
        ...restUnder('context_tiers', tiered.rest),
      }),
    )
  }
  return all
}

/** A tier whose bound is not stated is not read. */
function readTiers(
  tiers: JsonObject,
  bounds: ReadonlyMap<string, number>,
  reading: RateReading,
): ReadRates {
  const all: ReadRates = { components: [], rest: {} }
  for (const [name, stated] of ownEntries(tiers)) {
    const bound = bounds.get(name)
    const config = isJsonObject(stated) ? stated['pricing_config'] : undefined
    if (bound === undefined || config === undefined) all.rest[name] = stated
    else {
      const read = readConfig(config, bound === 0 ? reading : under(reading, { minTokens: bound }))
      all.components.push(...read.components)
      Object.assign(all.rest, restUnder(name, restUnder('pricing_config', read.rest)))
    }
  }
  return all
}
