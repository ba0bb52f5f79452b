/**
 * Portkey's price files, one per provider: `pricing_config` with US cents per token or unit. Of a sheet it
 * has the standard mode and batch, without context tiers, regions and times of day. 0 is what Portkey
 * itself writes where a rate does not apply, so a model without any price is not in the file.
 */
import { z } from 'zod'
import { componentKey, type PriceComponent, type PriceSheet } from '../../catalog/price.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { JsonDecimal, type JsonObject } from '../../json.ts'
import { providerOfFile } from '../../upstreams/portkey-files.ts'
import { additionalUnits, tokenRates } from '../../upstreams/portkey-rates.ts'
import { cents, centsPerToken } from './flat-prices.ts'
import { acceptIf, type Format, type FormatSource } from './format.ts'

const Rate = z.object({ price: z.number().nonnegative() })
const Rates = z.looseObject({ request_token: Rate.optional(), response_token: Rate.optional() })

export const PortkeyFile = z
  .record(
    z.string(),
    z.object({ pricing_config: z.object({ pay_as_you_go: Rates, currency: z.string() }) }),
  )
  .refine((file) => Object.hasOwn(file, 'default'), 'has no default')

/** All files in one: what the export offers. Over HTTP each has a path of its own. */
export const portkey = {
  name: 'portkey',
  path: '/pricing.json',
  summary: 'Portkey’s price files, by their names',
  sections: [{ open: '{', close: '}', schema: PortkeyFile, entries }],
  accept: acceptIf({ minimum: 1 }),
} satisfies Format

function* entries({ models }: FormatSource) {
  for (const [provider, own] of Map.groupBy(models, (model) => model.provider)) {
    yield undefined
    const value = renderPortkeyFile(own)
    const count = Object.keys(value).length - 1
    if (count > 0) yield { key: portkeyFileName(provider), value, models: count }
  }
}

/** Portkey's own name of a provider's file where it has one. */
export function portkeyFileName(provider: string): string {
  const known = Object.entries(providerOfFile).find(([, canonical]) => canonical === provider)
  return known?.[0] ?? provider
}

/** The canonical provider of a file's name. */
export function portkeyProvider(file: string): string {
  return (Object.hasOwn(providerOfFile, file) ? providerOfFile[file] : undefined) ?? file
}

const nothing = () => ({ price: 0 })

export function renderPortkeyFile(models: readonly StoredModel[]): JsonObject {
  const rows = models.flatMap(({ modelId, prices, extra }) => {
    const config = renderPortkeyPricing(prices)
    const key = extra['portkey']?.['key']
    const names = typeof key === 'string' ? [key, modelId] : [modelId]
    return config ? names.map((name) => [name, { pricing_config: config }] as const) : []
  })
  // Clients require it: what a model costs that the file does not have.
  const standIn = {
    pricing_config: {
      pay_as_you_go: {
        request_token: nothing(),
        response_token: nothing(),
        cache_write_input_token: nothing(),
        cache_read_input_token: nothing(),
      },
      currency: 'USD',
    },
  }
  return Object.fromEntries([['default', standIn], ...rows])
}

/** Undefined where nothing is priced in US dollars that it has a name for. */
export function renderPortkeyPricing({
  components,
  currency = 'USD',
}: PriceSheet): JsonObject | undefined {
  const ofMode = (mode: string | undefined) =>
    components.flatMap(({ mode: itsMode, ...one }) => (itsMode === mode ? [one] : []))
  const standard = renderRates(ofMode(undefined))
  const batch = renderRates(ofMode('batch'))
  if (currency !== 'USD' || !standard) return undefined
  return { pay_as_you_go: standard, ...(batch ? { batch_config: batch } : {}), currency }
}

/** Key of a component → name. Of two names for one meter the first is that of models of text. */
const namesOf = (table: typeof tokenRates) =>
  new Map(
    Object.entries(table)
      .toReversed()
      .map(([name, { component }]) => [componentKey({ ...component, amount: '0' }), name]),
  )
const tokenNames = namesOf(tokenRates).set('input', 'request_token')
const unitNames = namesOf(additionalUnits)

function renderRates(components: readonly PriceComponent[]): JsonObject | undefined {
  // A cache entry that lives five minutes is the usual one; a price that does not say how long wins.
  const usualLast = components.toSorted((a, b) => Number(!a.ttl) - Number(!b.ttl))
  const tokens: JsonObject = {}
  const units: JsonObject = {}
  for (const { ttl, ...component } of usualLast) {
    const key = componentKey({
      ...component,
      ...(ttl === undefined || ttl === '5m' ? {} : { ttl }),
    })
    const [tokenName, unitName] = [tokenNames.get(key), unitNames.get(key)]
    const { unit, amount } = component
    const rate = { price: new JsonDecimal(unit ? cents(amount) : centsPerToken(amount)) }
    if (tokenName !== undefined) tokens[tokenName] = rate
    else if (unitName !== undefined) units[unitName] = rate
  }
  if (Object.keys(tokens).length + Object.keys(units).length === 0) return undefined
  return { ...tokens, ...(Object.keys(units).length > 0 ? { additional_units: units } : {}) }
}
