/**
 * Prices as LiteLLM's cost map writes them: USD per token or unit, under the names of its grammar, and
 * three that are not one number. What it cannot say is left out, and the standard price stands for it:
 * announced and marginal prices, modes that it does not know, tiers inside a window, hours with different
 * prices.
 */
import {
  componentKey,
  ladderKey,
  windowKey,
  type PriceComponent,
  type PriceWindow,
} from '../../catalog/price.ts'
import {
  canonicalDecimal,
  isJsonObject,
  JsonDecimal,
  type Json,
  type JsonObject,
} from '../../json.ts'
import { offPeakName, offPeakWindows } from '../../upstreams/litellm-off-peak.ts'
import { componentOf, nameOf, statedUnit } from '../../upstreams/litellm-prices.ts'
import { searchNames } from '../../upstreams/litellm-search.ts'
import { tierTerm } from '../../upstreams/litellm-tiers.ts'

/**
 * The prices of one row: `components` are those of its place, without naming it. `stated` is what litellm
 * itself states of the row (`extra`), whose notes on how it wrote its prices are followed.
 */
export function renderPrices(
  components: readonly PriceComponent[],
  stated: JsonObject,
): JsonObject {
  const names = objectOf(stated['price_names'])
  const forms = objectOf(stated['price_forms'])
  const tiers = renderTiers(components, forms['tiered_pricing'])
  return {
    ...renderNamed(components, names, tiers.keys),
    ...tiers.members,
    ...renderOffPeak(components, objectOf(forms['off_peak_pricing'])),
    ...renderSearch(components, objectOf(stated['search_context_cost_per_query'])),
  }
}

/** `written` has the names under which litellm itself writes an amount, `inTiers` what is in its tiers. */
function renderNamed(
  components: readonly PriceComponent[],
  written: JsonObject,
  inTiers: ReadonlySet<string>,
): JsonObject {
  const named = components.flatMap((component) => {
    const name = nameOf(component)
    return name === undefined ? [] : [{ name, component }]
  })
  // Two components can have one name (the 5-minute cache): the one that the name stands for wins.
  named.sort((a, b) => Number(isExact(a)) - Number(isExact(b)))
  return Object.fromEntries(
    named.flatMap(({ name, component }) =>
      namesFor(name, written[name], inTiers.has(componentKey(component))).map((each) => [
        each,
        statedAmount(component),
      ]),
    ),
  )
}

function isExact({ name, component }: { name: string; component: PriceComponent }): boolean {
  return componentOf(name)?.ttl === component.ttl
}

function namesFor(name: string, written: Json | undefined, isInTiers: boolean): string[] {
  const names = Array.isArray(written) ? written.filter((each) => typeof each === 'string') : []
  return names.length > 0 || isInTiers ? names : [name]
}

interface Tiers {
  members: JsonObject
  /** Of the components that they say. */
  keys: ReadonlySet<string>
}

const noTiers: Tiers = { members: {}, keys: new Set() }

/** In the form of litellm while it fits; tiers of another upstream have other bounds, and names for them. */
function renderTiers(components: readonly PriceComponent[], form: Json | undefined): Tiers {
  if (!Array.isArray(form)) return noTiers
  const byKey = new Map(components.map((one) => [componentKey(one), one]))
  const said = new Set<PriceComponent>()
  const tiers: JsonObject[] = []
  for (const tier of form) {
    if (!isJsonObject(tier)) return noTiers
    const { names, ...bounds } = tier
    const amounts: JsonObject = {}
    for (const name of Array.isArray(names) ? names : []) {
      const term = typeof name === 'string' ? tierTerm(tier, name) : undefined
      const component = term && byKey.get(componentKey({ ...term, amount: '0' }))
      if (!component || typeof name !== 'string') return noTiers
      amounts[name] = statedAmount(component)
      said.add(component)
    }
    tiers.push({ ...bounds, ...amounts })
  }
  const ladders = new Set([...said].map(ladderKey))
  const hasOthers = components.some(
    (one) => one.minTokens !== undefined && !said.has(one) && ladders.has(ladderKey(one)),
  )
  return hasOthers
    ? noTiers
    : { members: { tiered_pricing: tiers }, keys: new Set([...said].map(componentKey)) }
}

/** One block has one price for all of its hours: a rate that differs between them is not in it. */
function renderOffPeak(components: readonly PriceComponent[], form: JsonObject): JsonObject {
  const windowed = components.flatMap((component) => {
    const name = component.window && offPeakName(component)
    return name === undefined || !component.window
      ? []
      : [{ name, window: component.window, component }]
  })
  const windows = new Map(windowed.map(({ window }) => [windowKey(window), window]))
  const rates = [...Map.groupBy(windowed, ({ name }) => name)].flatMap(([name, ofName]) => {
    const amounts = new Set(ofName.map(({ component }) => component.amount))
    const [first] = ofName
    return first && amounts.size === 1 && ofName.length === windows.size
      ? [[name, statedAmount(first.component)] as const]
      : []
  })
  if (rates.length === 0) return {}
  const block = hasWindows(form, windows) ? form : scheduleOf([...windows.values()])
  return { off_peak_pricing: { ...block, ...Object.fromEntries(rates) } }
}

function hasWindows(form: JsonObject, windows: ReadonlyMap<string, PriceWindow>): boolean {
  const ofForm = offPeakWindows(form) ?? []
  return ofForm.length === windows.size && ofForm.every((window) => windows.has(windowKey(window)))
}

function scheduleOf(windows: readonly PriceWindow[]): JsonObject {
  const byDays = [...Map.groupBy(windows.flatMap(cutAtMidnight), ({ days }) => days?.join())]
  const daily = byDays.filter(([days]) => days === undefined).flatMap(([, ofDay]) => ofDay)
  const others = byDays.flatMap(([, ofDays]): Json[] => {
    const days = ofDays[0]?.days
    return days ? [{ hours_utc: ofDays.map(hoursOf), weekdays: days }] : []
  })
  return {
    ...(daily.length > 0 ? { hours_utc: daily.map(hoursOf) } : {}),
    ...(others.length > 0 ? { windows: others } : {}),
  }
}

/** LiteLLM looks at the weekday of the moment: what is after midnight is of the next one. */
function cutAtMidnight(window: PriceWindow): PriceWindow[] {
  const { from, to, days } = window
  if (!days || from < to || to === '00:00') return [window]
  return [
    { from, to: '00:00', days },
    { from: '00:00', to, days: days.map((day) => (day % 7) + 1).sort((a, b) => a - b) },
  ]
}

function hoursOf({ from, to }: PriceWindow): string {
  return `${from}-${to}`
}

/** `stated` is what litellm says of searches besides. A price for searches of any size is that of all. */
function renderSearch(components: readonly PriceComponent[], stated: JsonObject): JsonObject {
  const named = components.flatMap((component) =>
    searchNames(component).map((name) => ({ name, component })),
  )
  if (named.length === 0) return {}
  // Of a price for all sizes and one for this size, the latter counts.
  named.sort((a, b) => Number(Boolean(a.component.variant)) - Number(Boolean(b.component.variant)))
  const amounts = named.map(({ name, component }) => [name, statedAmount(component)] as const)
  return { search_context_cost_per_query: { ...stated, ...Object.fromEntries(amounts) } }
}

function statedAmount({ meter, amount }: PriceComponent): JsonDecimal {
  const perUnit = statedUnit(meter) === 'usdPerToken' ? canonicalDecimal(`${amount}e-6`) : amount
  return new JsonDecimal(perUnit ?? amount)
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
