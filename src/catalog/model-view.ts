/**
 * A model as others see it: flat, ids as `provider/model-id`, prices as decimal text, times as ISO.
 * Absent = unknown. The shape is stable: doors add to it and take nothing away.
 */
import type { JsonObject } from '../json.ts'
import { fieldNames, type ModelFields } from './fields.ts'
import { modelKey, type Lifecycle, type Review, type Tier } from './model.ts'
import type { ListedModel, StoredModel } from './models.ts'
import {
  flatAmount,
  priceState,
  type Meter,
  type PriceComponent,
  type PriceState,
} from './price.ts'

/** Amounts in the main unit of the currency per million tokens, standard mode, base tier. */
const flatPrices = {
  input: 'input',
  output: 'output',
  reasoning: 'reasoning',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  inputAudio: 'input_audio',
  outputAudio: 'output_audio',
} as const satisfies Record<string, Meter>

type FlatPriceName = keyof typeof flatPrices

export interface PriceView extends Partial<Record<FlatPriceName, string>> {
  state: PriceState
  currency: string
  /** Everything that is charged, with its circumstances. */
  components: PriceComponent[]
}

export interface ModelView extends ModelFields {
  id: string
  provider: string
  modelId: string
  prices: PriceView
  lifecycle: Lifecycle
  review: Review
  tiers: Tier[]
  /** Field → upstream, or "override". */
  provenance: Record<string, string>
  /** Fields on which upstreams disagree. */
  conflicts: string[]
  missingSince: string | null
  retiredAt: string | null
  createdAt: string
  changedAt: string
}

export interface ModelDetail extends ModelView {
  /** What upstreams state beyond the fields, by upstream. */
  extra: Record<string, JsonObject>
}

export function viewModel(model: ListedModel): ModelView {
  const { provider, modelId, lifecycle, review, tiers, provenance, conflicts } = model
  return {
    id: modelKey(model),
    provider,
    modelId,
    ...inOrder(model.fields),
    prices: viewPrices(model),
    lifecycle,
    review,
    tiers,
    provenance,
    conflicts,
    missingSince: model.missingSince?.toISOString() ?? null,
    retiredAt: model.retiredAt?.toISOString() ?? null,
    createdAt: model.createdAt.toISOString(),
    changedAt: model.changedAt.toISOString(),
  }
}

export function viewModelDetail(model: StoredModel): ModelDetail {
  return { ...viewModel(model), extra: model.extra }
}

/** In the order of the table of fields, whatever the order in which they were read. */
function inOrder(fields: ModelFields): ModelFields {
  const ordered: Record<string, unknown> = {}
  for (const name of fieldNames) if (fields[name] !== undefined) ordered[name] = fields[name]
  return ordered
}

const flatPriceNames = Object.entries(flatPrices)

function viewPrices({ prices }: ListedModel): PriceView {
  const view: Record<string, string> = {}
  for (const [name, meter] of flatPriceNames) {
    const amount = flatAmount(prices, meter)
    if (amount !== undefined) view[name] = amount
  }
  return {
    state: priceState(prices),
    currency: prices.currency ?? 'USD',
    components: prices.components,
    ...view,
  }
}
