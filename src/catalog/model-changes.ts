/** The append-only change log and the price history that follows from it. */
import type { Json } from '../json.ts'
import {
  columnList,
  Prisma,
  recordset,
  writeTogether,
  type Statement,
  type Tx,
} from './database.ts'
import type { FieldChange } from './flat-record.ts'
import type { CatalogModel } from './model.ts'
import { componentKey } from './price.ts'

/**
 * added: new to readers, or back after it was retired. updated: a field moved. missing: absent from
 * the lists for the first time. retired: gone. returned: listed again before it was retired.
 */
export type ChangeKind = 'added' | 'updated' | 'missing' | 'retired' | 'returned'

export interface ModelChange {
  provider: string
  modelId: string
  kind: ChangeKind
  /** Empty for a model that was added: the model itself is the change. */
  changes: FieldChange[]
}

export interface ChangeStamp {
  commitId: number
  at: Date
}

const changeColumns = {
  commit_id: 'bigint',
  provider: 'text',
  model_id: 'text',
  kind: 'text',
  field: 'text',
  from: 'jsonb',
  to: 'jsonb',
  at: 'timestamptz',
} as const

export async function appendModelChanges(
  tx: Tx,
  changes: readonly ModelChange[],
  stamp: ChangeStamp,
): Promise<void> {
  await writeTogether(tx, { changes: changeInsert(changes, stamp) })
}

export function changeInsert(changes: readonly ModelChange[], stamp: ChangeStamp): Statement {
  const rows = changes.flatMap((change) => toRows(change, stamp))
  if (rows.length === 0) return undefined
  return Prisma.sql`
    INSERT INTO model_changes (${columnList(changeColumns)})
    SELECT ${columnList(changeColumns, 'r.')} FROM ${recordset(rows, changeColumns)}`
}

interface ChangeRow {
  commit_id: number
  provider: string
  model_id: string
  kind: ChangeKind
  field: string | null
  from?: Json
  to?: Json
  at: Date
}

function toRows(
  { provider, modelId, kind, changes }: ModelChange,
  { commitId, at }: ChangeStamp,
): ChangeRow[] {
  const row = { commit_id: commitId, provider, model_id: modelId, kind, at }
  if (changes.length === 0) return [{ ...row, field: null }]
  return changes.map(({ field, from, to }) => ({
    ...row,
    field,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }))
}

const priceColumns = {
  provider: 'text',
  model_id: 'text',
  component: 'text',
  amount: 'numeric',
  currency: 'text',
  upstream: 'text',
} as const

export interface RepricedModel {
  before: CatalogModel | undefined
  /** Undefined amounts close: a retired model has no price any more. */
  after: CatalogModel
}

/**
 * Closes the validity of every amount that is not charged any more and opens that of the new ones: in
 * this order, since a component has one open price. Statements for `writeTogether`; all models are of
 * one provider.
 */
export function priceUpdates(
  models: readonly RepricedModel[],
  { commitId, at }: ChangeStamp,
): { closed: Statement; opened: Statement } {
  const { closed, opened } = priceMoves(models)
  const [first] = closed
  const ids = [...new Set(closed.map(({ model_id }) => model_id))]
  return {
    // The models first: the join alone would be planned as a look at every open price there is.
    closed:
      first &&
      Prisma.sql`
      UPDATE price_history p SET valid_to = greatest(p.valid_from, ${at}::timestamptz)
      FROM ${recordset(closed, priceColumns)}
      WHERE p.provider = ${first.provider} AND p.model_id = ANY(${ids}) AND p.valid_to IS NULL
        AND p.model_id = r.model_id AND p.component = r.component
      RETURNING 1`,
    opened:
      opened.length === 0
        ? undefined
        : Prisma.sql`
      INSERT INTO price_history (${columnList(priceColumns)}, valid_from, commit_id)
      SELECT ${columnList(priceColumns, 'r.')}, ${at}, ${commitId} FROM ${recordset(opened, priceColumns)}
      ${first ? Prisma.sql`WHERE (SELECT count(*) FROM closed) >= 0` : Prisma.empty}`,
  }
}

interface PriceRow {
  provider: string
  model_id: string
  component: string
  amount: string
  currency: string
  upstream: string
}

/** Pure: which open rows end and which begin. */
export function priceMoves(models: readonly RepricedModel[]): {
  closed: PriceRow[]
  opened: PriceRow[]
} {
  const closed: PriceRow[] = []
  const opened: PriceRow[] = []
  for (const { before, after } of models) {
    const old = before ? chargedPrices(before) : new Map<string, PriceRow>()
    const current = chargedPrices(after)
    for (const [component, row] of old)
      if (!isSamePrice(row, current.get(component))) closed.push(row)
    for (const [component, row] of current)
      if (!isSamePrice(row, old.get(component))) opened.push(row)
  }
  return { closed, opened }
}

function chargedPrices(model: CatalogModel): Map<string, PriceRow> {
  if (model.lifecycle === 'retired') return new Map()
  const { provider, modelId, prices, provenance } = model
  return new Map(
    prices.components.map((component) => {
      const key = componentKey(component)
      const upstream = provenance[`price.${key}`] ?? ''
      const currency = prices.currency ?? 'USD'
      return [
        key,
        {
          provider,
          model_id: modelId,
          component: key,
          amount: component.amount,
          currency,
          upstream,
        },
      ]
    }),
  )
}

function isSamePrice(a: PriceRow, b: PriceRow | undefined): boolean {
  return b !== undefined && a.amount === b.amount && a.currency === b.currency
}
