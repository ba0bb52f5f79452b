/**
 * The catalog as LiteLLM's cost map. Values are the catalog's (merged, overridden); only what has no
 * field and no price component comes from what litellm stated. Of prices it carries those that the
 * map has a name for: regions, windows and announced prices have no place in it.
 */
import type { CatalogModel } from '../../catalog/model.ts'
import type { PriceComponent, PriceSheet } from '../../catalog/price.ts'
import {
  canonicalDecimal,
  isJsonObject,
  JsonDecimal,
  type Json,
  type JsonObject,
} from '../../json.ts'
import {
  flagNames,
  modalityNames,
  modeOfType,
  namesOf,
  typeOfMode,
} from '../../upstreams/litellm-fields.ts'
import { componentOf, nameOf, statedUnit } from '../../upstreams/litellm-prices.ts'
import { litellmIdentity } from '../../upstreams/litellm-providers.ts'

const source = 'litellm'

/**
 * JSON text. Retired and disabled models are left out. `sample_spec` and `fallback_generalizations` are
 * no models: they are not in the catalog, and so not here.
 */
export function renderLitellm(models: Iterable<CatalogModel>): string {
  const stated = new Map<string, JsonObject>()
  const others = new Map<string, JsonObject>()
  for (const model of models) {
    if (model.lifecycle === 'retired' || model.review === 'disabled') continue
    const key = model.extra[source]?.['key']
    if (typeof key === 'string') stated.set(key, renderStated(model))
    else others.set(litellmIdentity(model.provider, model.modelId).key, renderOther(model))
  }
  // A key that LiteLLM itself wrote is never taken over by another model.
  return JSON.stringify(Object.fromEntries([...others, ...stated]))
}

/** A model that litellm lists: nothing is added that only follows from something else. */
function renderStated(model: CatalogModel): JsonObject {
  const { key: _key, price_names: names, mode, ...rest } = model.extra[source] ?? {}
  const { type } = model.fields
  const isSameType = typeof mode === 'string' && typeOfMode(mode) === type
  return {
    ...rest,
    ...renderPrices(model.prices, isJsonObject(names) ? names : {}),
    ...renderFields(model),
    ...definedOnly({
      mode: isSameType || type === undefined ? mode : modeOfType(type),
    }),
  }
}

function renderOther(model: CatalogModel): JsonObject {
  const { fields, provider, modelId } = model
  const { inputModalities: input, outputModalities: output } = fields
  return {
    ...renderPrices(model.prices, {}),
    litellm_provider: litellmIdentity(provider, modelId).litellmProvider,
    ...definedOnly({
      // A legacy name, which older clients still ask for.
      max_tokens: fields.maxOutputTokens ?? fields.maxInputTokens ?? fields.contextWindow,
      mode: modeOfType(fields.type ?? 'chat'),
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

/** USD per token or unit. `written` has the names under which litellm itself writes an amount. */
function renderPrices(
  { components, currency = 'USD' }: PriceSheet,
  written: JsonObject,
): JsonObject {
  if (currency !== 'USD') return {}
  const named = components.flatMap((component) => {
    const name = nameOf(component)
    return name === undefined ? [] : [{ name, component }]
  })
  // Two components can have one name (the 5-minute cache): the one that the name stands for wins.
  named.sort((a, b) => Number(isExact(a)) - Number(isExact(b)))
  return Object.fromEntries(
    named.flatMap(({ name, component }) =>
      namesFor(name, written[name]).map((each) => [each, statedAmount(component)]),
    ),
  )
}

function isExact({ name, component }: { name: string; component: PriceComponent }): boolean {
  return componentOf(name)?.ttl === component.ttl
}

function namesFor(name: string, written: Json | undefined): string[] {
  const names = Array.isArray(written) ? written.filter((each) => typeof each === 'string') : []
  return names.length > 0 ? names : [name]
}

function statedAmount({ meter, amount }: PriceComponent): JsonDecimal {
  const perUnit = statedUnit(meter) === 'usdPerToken' ? canonicalDecimal(`${amount}e-6`) : amount
  return new JsonDecimal(perUnit ?? amount)
}

function definedOnly(object: Record<string, Json | undefined>): JsonObject {
  const entries = Object.entries(object).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
