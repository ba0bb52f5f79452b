/**
 * LiteLLM's `search_context_cost_per_query`: USD per web search, by how much of what was found is put into
 * the prompt. Google's models are the exception: what they are asked costs this once, however often they
 * search for it, unless `web_search_billing_unit` says "per_query" (seen 2026-05 and since).
 */
import type { PriceComponent } from '../catalog/price.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { numberAmount } from './litellm-tiers.ts'
import { objectWithout } from './raw-object.ts'

const sizes = ['low', 'medium', 'high'] as const
const perPrompt = 'per_prompt'

export interface ReadSearch {
  components: PriceComponent[]
  /** What else it states; empty where that is nothing. */
  rest: JsonObject
}

/** Undefined where no size has a price that is a number. One price for all sizes is one component. */
export function readSearch(row: JsonObject): ReadSearch | undefined {
  const { search_context_cost_per_query: stated } = row
  if (!isJsonObject(stated)) return undefined
  const read = sizes.flatMap((size) => {
    const amount = numberAmount(stated[nameOfSize(size)], 'usdPerUnit')
    return amount === undefined ? [] : [{ size, amount }]
  })
  const [first] = read
  if (!first) return undefined
  const isSame = read.length === sizes.length && read.every(({ amount }) => amount === first.amount)
  const prices = isSame ? [{ size: undefined, amount: first.amount }] : read
  return {
    components: prices.map(({ size, amount }): PriceComponent => {
      const variant = [size, isPerPrompt(row) ? perPrompt : undefined].filter(Boolean).join(' ')
      return { meter: 'web_search', unit: 'each', amount, ...(variant === '' ? {} : { variant }) }
    }),
    rest: objectWithout(
      stated,
      read.map(({ size }) => nameOfSize(size)),
    ),
  }
}

/** As `get_cost_for_web_search_request` tells them apart: by vendor, Claude on Vertex aside. */
function isPerPrompt(row: JsonObject): boolean {
  const { litellm_provider: vendor, web_search_billing_unit: unit } = row
  if (typeof unit === 'string') return unit !== 'per_query'
  return (
    typeof vendor === 'string' &&
    /^(gemini|vertex_ai)/.test(vendor) &&
    vendor !== 'vertex_ai-anthropic_models'
  )
}

/** The names of a search's price inside the object; none for other components. */
export function searchNames({ amount: _amount, ...component }: PriceComponent): string[] {
  const { meter, unit: _unit, variant = '', ...circumstances } = component
  if (meter !== 'web_search' || Object.values(circumstances).some((value) => value !== undefined))
    return []
  const size = variant.replace(perPrompt, '').trim()
  return sizes.filter((each) => size === '' || size === each).map(nameOfSize)
}

function nameOfSize(size: (typeof sizes)[number]): string {
  return `search_context_size_${size}`
}
