/**
 * The catalog as LiteLLM's cost map. Values are the catalog's (merged, overridden); only what has no
 * field and no price component comes from what litellm stated. A model's regions and commitments are
 * rows of their own there, under the keys that litellm gave them. Prices: litellm-prices.ts.
 */
import type { CatalogModel } from '../../catalog/model.ts'
import type { PriceComponent, PriceSheet } from '../../catalog/price.ts'
import type { Json, JsonObject } from '../../json.ts'
import {
  flagNames,
  modalityNames,
  modeOfType,
  namesOf,
  typeOfMode,
} from '../../upstreams/litellm-fields.ts'
import { litellmIdentity } from '../../upstreams/litellm-providers.ts'
import { readPlacedRows, type PlacedRest } from '../../upstreams/litellm-regions.ts'
import { twinsOf } from '../../upstreams/litellm-twins.ts'
import { renderPrices } from './litellm-prices.ts'

const source = 'litellm'

/**
 * By key, each once; undefined where time has passed without a row. Retired and disabled models are left
 * out. `sample_spec` and `fallback_generalizations` are no models: they are not in the catalog.
 */
export function* litellmRows(
  models: Iterable<CatalogModel>,
): Generator<[key: string, row: JsonObject] | undefined> {
  const stated = new Map<string, JsonObject>()
  const others = new Map<string, JsonObject>()
  for (const model of models) {
    yield undefined
    if (model.lifecycle === 'retired' || model.review === 'disabled') continue
    const extra = model.extra[source] ?? {}
    const places = readPlacedRows(extra)
    for (const place of places) stated.set(place.key, renderPlace(model, place))
    for (const twin of twinsOf(extra))
      if (typeof twin['key'] === 'string') stated.set(twin['key'], renderStated(model, twin))
    if (typeof extra['key'] === 'string') stated.set(extra['key'], renderStated(model, extra))
    // A model of which litellm lists only places has no row of its own, unless others list it.
    else if (places.length === 0 || Object.keys(model.extra).length > 1)
      others.set(litellmIdentity(model.provider, model.modelId).key, renderOther(model))
  }
  // A key that LiteLLM itself wrote is never taken over by another model.
  for (const row of others) if (!stated.has(row[0])) yield row
  yield* stated
}

/** A model that litellm lists: nothing is added that only follows from something else. */
function renderStated(model: CatalogModel, extra: JsonObject): JsonObject {
  return {
    ...restOf(extra),
    ...renderPrices(pricesOf(model, {}), extra),
    ...renderFields(model),
    ...definedOnly({ mode: modeFor(model, extra) }),
  }
}

/** What its row says as the model's own does comes from the model, all else from the row. */
function renderPlace(model: CatalogModel, { fields, rest, ...place }: PlacedRest): JsonObject {
  const ofModel = { ...renderFields(model), ...definedOnly({ mode: modeFor(model, {}) }) }
  const shared = Object.entries(ofModel).filter(([name]) => fields.includes(name))
  return {
    ...restOf(rest),
    ...renderPrices(pricesOf(model, place), rest),
    ...Object.fromEntries(shared),
  }
}

/** What a row states besides; notes on how it wrote its prices are ours. */
function restOf(extra: JsonObject): JsonObject {
  const {
    key: _key,
    price_names: _names,
    price_forms: _forms,
    placed_rows: _placed,
    twin_rows: _twins,
    ...rest
  } = extra
  return rest
}

/** The stated mode where the type has several words for it. */
function modeFor({ fields: { type } }: CatalogModel, { mode }: JsonObject): Json | undefined {
  const isSameType = typeof mode === 'string' && typeOfMode(mode) === type
  return isSameType || type === undefined ? mode : modeOfType(type)
}

/** The components of one place, without the place. */
function pricesOf(
  { prices }: CatalogModel,
  { region, mode }: Pick<PlacedRest, 'region' | 'mode'>,
): PriceComponent[] {
  if (!isInDollars(prices)) return []
  return prices.components.flatMap((component) => {
    const { region: itsRegion, mode: itsMode, ...rest } = component
    if (itsRegion !== region || (mode !== undefined && itsMode !== mode)) return []
    return [mode === undefined && itsMode !== undefined ? { ...rest, mode: itsMode } : rest]
  })
}

function isInDollars({ currency = 'USD' }: PriceSheet): boolean {
  return currency === 'USD'
}

function renderOther(model: CatalogModel): JsonObject {
  const prices = renderPrices(pricesOf(model, {}), {})
  const { fields, provider, modelId } = model
  const { inputModalities: input, outputModalities: output } = fields
  return {
    ...prices,
    litellm_provider: litellmIdentity(provider, modelId).litellmProvider,
    ...definedOnly({
      // A legacy name, which older clients still ask for.
      max_tokens: fields.maxOutputTokens ?? fields.maxInputTokens ?? fields.contextWindow,
      mode: modeOfType(fields.type ?? 'chat'),
      // Without it LiteLLM takes a search of Google's models for one of a whole prompt.
      web_search_billing_unit: 'search_context_cost_per_query' in prices ? 'per_query' : undefined,
      supports_pdf_input: input?.includes('pdf'),
      supports_audio_input: input?.includes('audio'),
      supports_audio_output: output?.includes('audio'),
    }),
    ...renderFields(model),
  }
}

function renderFields({ fields, provenance }: CatalogModel): JsonObject {
  const words = namesOf(modalityNames).map(([field, name]): [string, Json | undefined] => [
    name,
    // The map has a flag for PDF where others count it among the modalities.
    provenance[field] === source ? fields[field] : fields[field]?.filter((word) => word !== 'pdf'),
  ])
  const date = fields.deprecatedAt
  return definedOnly({
    max_input_tokens: maxInput(fields),
    max_output_tokens: fields.maxOutputTokens,
    deprecation_date: date !== undefined && date.length === 10 ? date : undefined,
    ...Object.fromEntries(namesOf(flagNames).map(([field, name]) => [name, fields[field]])),
    ...Object.fromEntries(words),
  })
}

/** An input is never longer than the context window, whoever stated which of the two. */
function maxInput({ maxInputTokens, contextWindow }: CatalogModel['fields']): number | undefined {
  if (maxInputTokens === undefined || contextWindow === undefined)
    return maxInputTokens ?? contextWindow
  return Math.min(maxInputTokens, contextWindow)
}

function definedOnly(object: Record<string, Json | undefined>): JsonObject {
  const entries = Object.entries(object).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
