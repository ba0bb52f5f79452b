/**
 * Models for a task: what can do it, cheapest first by the exact cost of the expected tokens. Each
 * comes with its reasons. What has no known price is never cheap: it comes behind all that has one.
 */
import { costOf, type Cost } from './cost.ts'
import { plannedAnew, Prisma, type Reader } from './database.ts'
import { filterConditions, type ModelFilter } from './model-filter.ts'
import { servedLifecycles } from './model.ts'
import { listedSelection, toListedModel, type ListedModel, type ModelRow } from './models.ts'
import { compareAmounts } from './price.ts'

export interface Task {
  /** What a model must be able to do and may cost. */
  filter: ModelFilter
  /** Expected per request. */
  inputTokens: number
  outputTokens: number
  at: Date
  limit: number
}

export interface Recommendation {
  model: ListedModel
  cost: Cost
  /** Sentences. */
  reasons: string[]
}

/** The exact cost (tiers, windows) is computed for so many that are cheapest by their flat prices. */
const candidates = 200

/** Retired and disabled models are left out, and routers, whose price nobody knows beforehand. */
export async function recommendModels(reader: Reader, task: Task): Promise<Recommendation[]> {
  const { inputTokens, outputTokens, at, limit } = task
  const usage = new Map([
    ['input', String(inputTokens)],
    ['output', String(outputTokens)],
  ] as const)
  return (await readCandidates(reader, task))
    .map((model) => ({ model, cost: costOf(model.prices, usage, { at }) }))
    .toSorted(byWorth)
    .slice(0, limit)
    .map((each) => ({ ...each, reasons: reasonsFor(each, task) }))
}

/** Some upstreams state no type at all: what gives text and is stated to be nothing else is a chat model. */
const answersInText = Prisma.sql`(m.type IS NULL OR m.type = 'chat')
  AND (m.output_modalities = '{}' OR m.output_modalities @> '{text}')`

/** Sorted as the narrow rows of models_counts_idx; only the candidates are read in full. */
async function readCandidates(
  reader: Reader,
  { filter, inputTokens, outputTokens }: Task,
): Promise<ListedModel[]> {
  const rows = await reader.$queryRaw<ModelRow[]>`
    SELECT ${plannedAnew} ${listedSelection} FROM (
      SELECT provider, model_id, row_number() OVER () AS place FROM (
        SELECT m.provider, m.model_id FROM models m
        WHERE ${filterConditions({ ...filter, lifecycle: servedLifecycles })} AND m.price_state <> 'dynamic'
          AND ${filter.type === undefined ? answersInText : Prisma.sql`TRUE`}
        ORDER BY (m.lifecycle = 'active') DESC,
          m.input_price * ${inputTokens}::bigint + m.output_price * ${outputTokens}::bigint NULLS LAST,
          m.release_date DESC NULLS LAST, m.provider, m.model_id
        LIMIT ${candidates}) cheapest
    ) candidate JOIN models m ON m.provider = candidate.provider AND m.model_id = candidate.model_id
    ORDER BY candidate.place`
  return rows.map(toListedModel)
}

interface Priced {
  model: ListedModel
  cost: Cost
}

/** What is there to stay first, then what it costs; amounts in other currencies are not compared. */
function byWorth(a: Priced, b: Priced): number {
  const staying = Number(b.model.lifecycle === 'active') - Number(a.model.lifecycle === 'active')
  if (staying !== 0) return staying
  const [costA, costB] = [comparable(a), comparable(b)]
  if (costA !== undefined && costB !== undefined) return compareAmounts(costA, costB)
  return Number(costA === undefined) - Number(costB === undefined)
}

function comparable({ cost }: Priced): string | undefined {
  return cost.currency === 'USD' ? (cost.total ?? undefined) : undefined
}

function reasonsFor(
  { model, cost }: Priced,
  { filter, inputTokens, outputTokens }: Task,
): string[] {
  const { fields, lifecycle } = model
  const able = [...(filter.capabilities ?? []), ...(filter.modalities ?? [])]
  const used = `${inputTokens} tokens in and ${outputTokens} out`
  const reasons = [
    able.length > 0 && `It has ${able.join(', ').replaceAll('_', ' ')}.`,
    filter.minContext !== undefined &&
      `Its context window of ${fields.contextWindow} tokens holds the ${filter.minContext} that are needed.`,
    cost.total !== null && `${used} cost ${cost.currency} ${cost.total}.`,
    cost.total === null &&
      `What ${used} cost is not known: ${cost.unpriced.join(', ')} has no price.`,
    cost.lines.some(({ component }) => component.includes('tier=')) &&
      'The prompt reaches a higher context tier.',
    lifecycle === 'deprecated' && deprecation(fields.deprecatedAt, fields.replacedBy),
    lifecycle === 'missing' && 'Its provider does not list it at present.',
  ]
  return reasons.filter((reason) => typeof reason === 'string')
}

function deprecation(since: string | undefined, replacedBy: string | undefined): string {
  const when = since === undefined ? '' : ` since ${since}`
  const instead = replacedBy === undefined ? '' : `; ${replacedBy} replaces it`
  return `It is deprecated${when}${instead}.`
}
