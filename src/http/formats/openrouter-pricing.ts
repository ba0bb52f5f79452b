/**
 * `pricing` as OpenRouter writes it: plain decimal strings, USD per token, `request` and `web_search` per
 * piece. "-1" stands for a router's price and for nothing else. Batch, regions and times of day have no
 * name here; context tiers are `overrides`.
 */
import { componentKey, type PriceComponent, type PriceSheet } from '../../catalog/price.ts'
import { perToken } from './flat-prices.ts'

type Pricing = Record<string, string | Override[]>
interface Override {
  min_prompt_tokens: number
  [name: string]: string | number
}

/** Key of the component without its tier → name. Where two have one name, the later one wins. */
const names: ReadonlyMap<string, string> = new Map([
  ['input', 'prompt'],
  ['output', 'completion'],
  ['reasoning', 'internal_reasoning'],
  ['cache_read', 'input_cache_read'],
  ['cache_write;ttl=5m', 'input_cache_write'],
  ['cache_write', 'input_cache_write'],
  ['cache_write;ttl=1h', 'input_cache_write_1h'],
  ['input_audio', 'audio'],
  ['output_audio', 'audio_output'],
  ['cache_read_audio', 'input_audio_cache'],
  ['input_image', 'image_token'],
  ['output_image', 'image_output'],
  ['request;unit=each', 'request'],
  ['web_search;unit=each', 'web_search'],
])
const perPiece: ReadonlySet<string> = new Set(['request', 'web_search'])

/** Undefined where nobody states what input and output cost: a reader takes what is absent for free. */
export function renderPricing(sheet: PriceSheet): Pricing | undefined {
  if (sheet.dynamic) return { prompt: '-1', completion: '-1' }
  if (sheet.currency !== undefined && sheet.currency !== 'USD') return undefined
  const tiers = Map.groupBy(sheet.components, ({ minTokens }) => minTokens)
  const base = namedAmounts(tiers.get(undefined) ?? [])
  if (base['prompt'] === undefined || base['completion'] === undefined) return undefined
  const overrides = [...tiers]
    .flatMap(([minTokens, components]) =>
      minTokens === undefined ? [] : [{ minTokens, components }],
    )
    .sort((a, b) => a.minTokens - b.minTokens)
    .map(({ minTokens, components }) => ({
      min_prompt_tokens: minTokens,
      ...namedAmounts(components),
    }))
    .filter((override) => Object.keys(override).length > 1)
  return { ...base, ...(overrides.length > 0 ? { overrides } : {}) }
}

function namedAmounts(components: readonly PriceComponent[]): Record<string, string> {
  const amounts = new Map(
    components.map(({ minTokens: _minTokens, tierSemantics: _semantics, ...component }) => [
      componentKey(component),
      component.amount,
    ]),
  )
  return Object.fromEntries(
    [...names].flatMap(([key, name]) => {
      const amount = amounts.get(key)
      if (amount === undefined) return []
      return [[name, perPiece.has(name) ? amount : perToken(amount)]]
    }),
  )
}
