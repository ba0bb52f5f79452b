/** The dated snapshots of models.dev, and what their files say, read without the adapter. */
import { canonicalDecimal, canonicalJson, isJsonObject, type Json } from '../../src/json.ts'
import { readShared, sharedFiles } from './shared-data.ts'

export interface DatedSnapshot {
  /** YYYY-MM-DD */
  date: string
  /** When the replay fetches it: the file is what was served at the end of that day. */
  at: Date
  readonly read: () => string
}

export function datedSnapshots(): DatedSnapshot[] {
  return sharedFiles('models-dev', '.api.json.gz').map((file) => {
    const date = file.slice(0, 10)
    return { date, at: new Date(`${date}T23:59:59Z`), read: () => readShared(`models-dev/${file}`) }
  })
}

export interface SeriesCounts {
  providers: number
  models: number
  added: number
  removed: number
  changed: number
}

/** `series.csv`: how each snapshot differs from the one before, counted by somebody else. */
export function seriesCounts(): Map<string, SeriesCounts> {
  const [, ...rows] = readShared('models-dev/series.csv').trim().split('\n')
  return new Map(
    rows.map((row) => {
      const [date = '', ...numbers] = row.split(',')
      const [providers = 0, models = 0, added = 0, removed = 0, changed = 0] = numbers.map(Number)
      return [date, { providers, models, added, removed, changed }]
    }),
  )
}

/** `provider/model-id` → what the file states of the model. */
export function statedModels(tree: Json): Map<string, Json> {
  return new Map(
    members(tree).flatMap(([provider, stated]) =>
      members(at(stated, 'models')).map(([modelId, model]): [string, Json] => [
        `${provider}/${modelId}`,
        model,
      ]),
    ),
  )
}

const meters = new Set([
  'input',
  'output',
  'reasoning',
  'cache_read',
  'cache_write',
  'input_audio',
  'output_audio',
])

/** `component amount`, sorted: what the `cost` of a model comes to, digit by digit. */
export function statedPrices(model: Json): string[] {
  const cost = at(model, 'cost')
  const tiers = at(cost, 'tiers')
  const long = Array.isArray(tiers)
    ? tiers.flatMap((tier) => amounts(tier, `;tier=${text(at(at(tier, 'tier'), 'size'))}`))
    : amounts(at(cost, 'context_over_200k'), ';tier=200000')
  const modes = members(at(at(model, 'experimental'), 'modes')).flatMap(([mode, stated]) =>
    amounts(at(stated, 'cost'), `;mode=${mode}`),
  )
  return [...amounts(cost, ''), ...long, ...modes].sort()
}

function amounts(cost: Json | undefined, circumstance: string): string[] {
  return members(cost).flatMap(([key, amount]) =>
    meters.has(key) ? [`${key}${circumstance} ${text(amount)}`] : [],
  )
}

function text(amount: Json | undefined): string {
  const digits = canonicalJson(amount)
  return canonicalDecimal(digits) ?? digits
}

function members(value: Json | undefined): [string, Json][] {
  return isJsonObject(value) ? Object.entries(value) : []
}

function at(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
