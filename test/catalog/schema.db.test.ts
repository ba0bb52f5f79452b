import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { modelFields } from '../../src/catalog/fields.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

// What only the database can promise, whoever writes to it: the rules below the generated part of
// prisma/migrations/*_init, and in later ones.
let database: TestDatabase
let client: Client

beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

const model = (column: string, value: string): string =>
  `INSERT INTO models (provider, model_id, name, base_id, variant, hash, created_at, changed_at, commit_id, ${column})
   VALUES ('p', 'm', 'M', 'p/m', '', 'h', now(), now(), 1, ${value})`
const price = (amount: string): string =>
  `INSERT INTO price_history (provider, model_id, component, amount, upstream, valid_from, commit_id)
   VALUES ('p', 'm', 'input', ${amount}, 'u', now(), 1)`
const run = (status: string, parent = 'NULL'): string =>
  `INSERT INTO refresh_runs (upstream, provider, trigger, status, parent_id)
   VALUES ('u', 'p', 'manual', '${status}', ${parent})`
const hold = (kind: string, status: string): string =>
  `INSERT INTO holds (kind, upstream, provider, model_id, field, reason, message, content_hash, fence, run_id, status)
   VALUES ('${kind}', 'u', 'p', 'm', 'f', 'r', 'm', 'h', 1, 1, '${status}')`
const listing = (state: string): string =>
  `INSERT INTO listings (upstream, provider, model_id, hash, fields, prices, extra, first_seen_at, changed_at, commit_id, state)
   VALUES ('u', 'p', 'm', 'h', '{}', '[]', '{}', now(), now(), 1, '${state}')`

test.for([
  ['a negative price of a model', model('input_price', '-1'), 'models_input_price_check'],
  ['a negative price in the history', price('-0.000001'), 'price_history_amount_check'],
  ['an unknown price state', model('price_state', `'cheap'`), 'models_price_state_check'],
  ['an unknown review', model('review', `'maybe'`), 'models_review_check'],
  ['an unknown life cycle', model('lifecycle', `'gone'`), 'models_lifecycle_check'],
  ['an unknown state of a listing', listing('absent'), 'listings_state_check'],
  ['an unknown status of a run', run('done'), 'refresh_runs_status_check'],
  ['an unknown status of a hold', hold('slice', 'closed'), 'holds_status_check'],
  ['an unknown kind of hold', hold('page', 'open'), 'holds_kind_check'],
  ['a second catalog head', 'INSERT INTO catalog_head (id) VALUES (2)', 'catalog_head_one_row'],
  ['a second open price', `${price('1')}; ${price('2')}`, 'price_history_one_open'],
  [
    'a second active run of an upstream',
    `${run('queued')}; ${run('running')}`,
    'refresh_runs_one_active',
  ],
  [
    'a second child run of a provider',
    `${run('failed', '7')}; ${run('queued', '7')}`,
    'refresh_runs_one_child',
  ],
  [
    'a second open hold of a slice',
    `${hold('slice', 'open')}; ${hold('slice', 'open')}`,
    'holds_one_open_slice',
  ],
  [
    'a second open hold of a value',
    `${hold('value', 'open')}; ${hold('value', 'open')}`,
    'holds_one_open_value',
  ],
] as const)('refuses %s', async ([, sql, constraint]) => {
  await expect(client.query(sql)).rejects.toMatchObject({ constraint })
})

test.for([
  [
    'a free, an unknown and a closed price',
    `${model('input_price', '0')}; ${price('0')}; UPDATE price_history SET valid_to = now(); ${price('1')}`,
  ],
  [
    'a run beside one that has ended, and children beside their parent',
    `${run('applied')}; ${run('queued')}; ${run('queued', '7')}; ${run('queued', '8')}`,
  ],
  ['a hold beside one that was decided', `${hold('slice', 'approved')}; ${hold('slice', 'open')}`],
] as const)('takes %s', async ([, sql]) => {
  await client.query('BEGIN')
  await expect(client.query(sql)).resolves.toBeDefined()
  await client.query('ROLLBACK')
})

// The limits of catalog/fields.ts: one entry of an index that is too long would fail its whole slice.
test('has room in every index for the longest texts that the catalog takes', async () => {
  const text = (length: number) =>
    `(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 80) n)::varchar(${length})`
  const values = {
    provider: text(64),
    model_id: text(256),
    name: text(modelFields.name.maxLength),
    family: text(modelFields.family.maxLength),
    type: text(modelFields.type.maxLength),
    base_model: text(modelFields.baseModel.maxLength),
    // A `+` becomes `-plus`.
    base_id: text(5 * modelFields.baseModel.maxLength),
    variant: text(modelFields.baseModel.maxLength),
    release_date: text(modelFields.releaseDate.maxLength),
    input_modalities: `ARRAY[${text(modelFields.inputModalities.maxLength)}]`,
    output_modalities: `ARRAY[${text(modelFields.outputModalities.maxLength)}]`,
    tags: `ARRAY[(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 80) n)::varchar(${modelFields.tags.maxLength})]`,
    input_price: `('1' || repeat('9', 30) || '.' || repeat('7', 18))::numeric`,
    hash: `''`,
    created_at: 'now()',
    changed_at: 'now()',
    commit_id: '1',
  }
  const columns = Object.keys(values).join(', ')
  const inserted = client.query(
    `INSERT INTO models (${columns}) VALUES (${Object.values(values).join(', ')})`,
  )
  await expect(inserted).resolves.toMatchObject({ rowCount: 1 })
  await client.query('DELETE FROM models')
})

test('begins at version 0 and hands out numbers for fences and commits', async () => {
  const { rows } = await client.query(
    `SELECT (SELECT version FROM catalog_head) AS version, nextval('fence_seq') AS fence, nextval('commit_seq') AS commit`,
  )
  expect(rows).toEqual([{ version: '0', fence: '1', commit: '1' }])
})

test('every id sorts by code point, so that joins can use the indexes', async () => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT table_name || '.' || column_name AS id FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
       AND (column_name IN ('provider', 'model_id', 'upstream')
            OR (table_name, column_name) IN (('providers', 'id'), ('upstreams', 'id')))`,
  )
  expect(rows).toEqual([])
})
