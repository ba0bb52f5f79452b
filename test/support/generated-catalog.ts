/** A catalog of 100,000 models, made by PostgreSQL itself: what plans and times look like when it has grown. */
import type { Client } from 'pg'

export const generatedModels = 100_000
const providers = 400
const commits = 1000

/** Values that few of the models have: an index is worth while for each. */
export const rare = {
  provider: 'provider-7',
  type: 'rerank',
  family: 'family-7',
  capability: 'code_generation',
  modality: 'video',
  tier: 'pro',
  tag: 'hot',
  conflict: 'price.input',
} as const

/** Its statistics and its visibility are up to date afterwards, as autovacuum leaves a database. */
export async function fillCatalog(client: Client): Promise<void> {
  await client.query(`SET synchronous_commit = off; SET maintenance_work_mem = '256MB'`)
  await client.query(`INSERT INTO providers (id, name)
    SELECT 'provider-' || n, 'Provider ' || n FROM generate_series(0, ${providers - 1}) n`)
  await client.query(`INSERT INTO upstreams (id, url, schedule, last_success_at)
    VALUES ('lab', 'https://lab.example', '1h', now()), ('gateway', 'https://gateway.example', '1h', now())`)
  await client.query(`INSERT INTO provider_slices (upstream, provider, listing_count)
    SELECT 'lab', id, ${generatedModels / providers} FROM providers`)
  await client.query(`INSERT INTO catalog_versions (version, commit_id, upstream, provider, data)
    SELECT n, n, 'lab', 'provider-' || n % ${providers}, '{"version": 1, "added": [], "updated": [], "removed": []}'
    FROM generate_series(1, ${commits}) n`)
  await client.query(`UPDATE catalog_head SET version = ${commits}`)
  for (const [table, statement] of Object.entries(statements))
    await withoutIndexes(client, table, statement)
}

const id = `'provider-' || n % ${providers}, 'lab-' || n % 97 || '/model-' || n`
const one = (everyNth: number, value: string, other: string) =>
  `CASE WHEN n % ${everyNth} = 3 THEN ${value} ELSE ${other} END`

const statements: Readonly<Record<string, string>> = {
  models: `
    INSERT INTO models (provider, model_id, name, description, family, type, base_model, base_id, variant, release_date,
      context_window, max_output_tokens, input_modalities, output_modalities, vision, function_calling, audio,
      code_generation, price_state, input_price, output_price, prices, extra, review, lifecycle, tiers, tags,
      provenance, conflicts, hash, created_at, changed_at, commit_id)
    SELECT ${id}, 'Model ' || n, repeat('What it is good for. ', 12), 'family-' || n % 2000,
      ${one(4000, `'rerank'`, `CASE WHEN n % 10 < 8 THEN 'chat' ELSE 'embedding' END`)},
      CASE WHEN n % 3 = 0 THEN 'lab-' || n % 97 || '/base-' || n % 20000 END,
      'lab-' || n % 97 || '/base-' || n % 20000, CASE WHEN n % 5 = 0 THEN 'free' ELSE '' END,
      CASE WHEN n % 9 > 0 THEN to_char(date '2026-11-01' - n % 900, 'YYYY-MM-DD') END,
      CASE WHEN n % 8 > 0 THEN ${one(3000, '10000000', '(4 + n % 60) * 8192')} END, 16384,
      ${one(2500, `'{text,video}'`, `CASE WHEN n % 2 = 0 THEN '{text,image}' ELSE '{text}' END`)}::text[], '{text}',
      n % 2 = 0, n % 10 < 7, n % 900 = 3, n % 1500 = 3,
      'priced', CASE WHEN n % 12 > 0 THEN 0.05 + n % 5000 * 0.01 END, 0.2 + n % 7000 * 0.01,
      jsonb_build_array(jsonb_build_object('meter', 'input', 'amount', '1.25'), jsonb_build_object('meter', 'output', 'amount', '10')),
      jsonb_build_object('lab', jsonb_build_object('note', repeat(md5(n::text), 8))),
      ${one(2000, `'disabled'`, `'active'`)},
      ${one(1700, `'retired'`, `CASE WHEN n % 30 = 1 THEN 'deprecated' ELSE 'active' END`)},
      ${one(1900, `'{pro}'`, `'{}'`)}::text[], ${one(2100, `'{hot}'`, `'{}'`)}::text[],
      '{"name": "lab", "inputModalities": "lab", "outputModalities": "lab"}',
      ${one(500, `'{price.input}'`, `'{}'`)}::text[], md5(n::text),
      timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-06-01' + n * interval '1 minute', n % ${commits} + 1
    FROM generate_series(1, ${generatedModels}) n`,
  listings: `
    INSERT INTO listings (upstream, provider, model_id, hash, fields, prices, extra, first_seen_at, changed_at, commit_id)
    SELECT 'lab', ${id}, md5(n::text), '{"name": "Model"}', '{"components": [{"meter": "input", "amount": "1.25"}]}', '{}',
      now(), now(), n % ${commits} + 1 FROM generate_series(1, ${generatedModels}) n`,
  model_changes: `
    INSERT INTO model_changes (commit_id, provider, model_id, kind, field, "from", "to", at)
    SELECT n % ${commits} + 1, ${id}, kind, field, to_jsonb(field), to_jsonb(field), now()
    FROM generate_series(1, ${generatedModels}) n,
      (VALUES ('added', NULL), ('updated', 'price.input')) AS change (kind, field)`,
  price_history: `
    INSERT INTO price_history (provider, model_id, component, amount, upstream, valid_from, valid_to, commit_id)
    SELECT ${id}, component, n % 100, 'lab', valid_from::timestamptz, valid_to::timestamptz, n % ${commits} + 1
    FROM generate_series(1, ${generatedModels}) n,
      (VALUES ('input', '2026-01-01', NULL), ('output', '2026-01-01', '2026-03-01'), ('output', '2026-03-01', NULL))
        AS period (component, valid_from, valid_to)`,
}

/** Indexes are made after the rows, which takes a fraction of the time. */
async function withoutIndexes(client: Client, table: string, statement: string): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
     FROM pg_index WHERE indrelid = $1::regclass AND NOT indisprimary`,
    [table],
  )
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`)
  await client.query(statement)
  for (const { definition } of rows) await client.query(definition)
  await client.query(`VACUUM (ANALYZE) ${table}`)
}
