/**
 * Prices as models.dev writes them: USD per million tokens, number literals with exact digits. Of the
 * catalog's components it has place for the standard mode, its context tiers, and those modes that
 * models-dev itself lists. Batch, regions, times of day and what is not counted in tokens are left out.
 */
import { componentKey, type PriceComponent, type PriceSheet } from '../../catalog/price.ts'
import { isJsonObject, JsonDecimal, type Json, type JsonObject } from '../../json.ts'
import { costMeters, longContext } from '../../upstreams/models-dev-cost.ts'

const costKeys = new Map<string, string>(
  Object.entries(costMeters).map(([key, meter]) => [meter, key]),
)

/**
 * Undefined where no price is known: clients take an absent `cost` for "unknown", a 0 for "free". They
 * need `input` and `output` both, so a model of which only one is known has no `cost` either, unless
 * models-dev wrote it so. `stated` is what models-dev says beyond fields and components.
 */
export function renderCost(sheet: PriceSheet, stated: JsonObject): JsonObject | undefined {
  const rest = isJsonObject(stated['cost']) ? stated['cost'] : undefined
  const components = isInDollars(sheet) ? sheet.components.filter(isPlain) : []
  const base = amounts(components.filter(({ minTokens }) => minTokens === undefined))
  const isStated = rest !== undefined || stated['cost_forms'] !== undefined
  if (!isStated && !('input' in base && 'output' in base)) return undefined
  return { ...rest, ...base, ...renderTiers(components, base, stated['cost_forms']) }
}

/** `experimental` as stated, with the catalog's amounts in the costs of its modes. */
export function renderExperimental(experimental: Json, sheet: PriceSheet): Json {
  if (!isJsonObject(experimental) || !isJsonObject(experimental['modes'])) return experimental
  if (!isInDollars(sheet)) return experimental
  const modes = Object.entries(experimental['modes']).map(([name, stated]): [string, Json] => {
    if (!isJsonObject(stated) || !isJsonObject(stated['cost'])) return [name, stated]
    const ofMode = sheet.components.flatMap(({ mode, ...component }) =>
      mode === name && component.minTokens === undefined && isPlain(component) ? [component] : [],
    )
    return [name, { ...stated, cost: { ...stated['cost'], ...amounts(ofMode) } }]
  })
  return { ...experimental, modes: Object.fromEntries(modes) }
}

/**
 * In the form that models-dev used (`extra.cost_forms`), else in both: `context_over_200k` repeats the
 * first tier from 200,000 tokens on, as models.dev does it. A tier that does not state `input` or
 * `output` costs what the base does, and clients need both.
 */
function renderTiers(
  components: readonly PriceComponent[],
  { input, output }: JsonObject,
  forms: Json | undefined,
): JsonObject {
  const tiers = Map.groupBy(components, ({ minTokens }) => minTokens)
  const tierAmounts = (size: number) =>
    definedOnly({ input, output, ...amounts(tiers.get(size) ?? []) })
  const sizes = [...tiers.keys()].filter((size) => size !== undefined).sort((a, b) => a - b)
  if (sizes.length === 0) return {}
  const long = sizes.find((size) => size >= longContext)
  const isUsed = (form: string) => !Array.isArray(forms) || forms.includes(form)
  return definedOnly({
    tiers: isUsed('tiers')
      ? sizes.map((size) => ({ ...tierAmounts(size), tier: { type: 'context', size } }))
      : undefined,
    context_over_200k:
      isUsed('context_over_200k') && long !== undefined ? tierAmounts(long) : undefined,
  })
}

function isInDollars({ currency = 'USD' }: PriceSheet): boolean {
  return currency === 'USD'
}

/** Without mode, region, window or dates. A cache entry that lives five minutes is the usual one. */
function isPlain(component: PriceComponent): boolean {
  const { minTokens: _minTokens, ttl, ...others } = component
  return (ttl === undefined || ttl === '5m') && componentKey(others) === component.meter
}

/** Where a meter is stated with and without a time to live, the one without wins. */
function amounts(components: readonly PriceComponent[]): JsonObject {
  const usualLast = components.toSorted((a, b) => Number(!a.ttl) - Number(!b.ttl))
  return Object.fromEntries(
    usualLast.flatMap(({ meter, amount }) => {
      const key = costKeys.get(meter)
      return key === undefined ? [] : [[key, new JsonDecimal(amount)]]
    }),
  )
}

function definedOnly(object: Record<string, Json | undefined>): JsonObject {
  const entries = Object.entries(object).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
