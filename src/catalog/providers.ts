/** Providers and what upstreams say of them as a whole. */
import { canonicalJson, parseJson, type JsonObject } from '../json.ts'
import { type Reader, type Tx } from './database.ts'
import type { ProviderFacts } from './listing.ts'
import type { CatalogProvider } from './model.ts'

interface ProviderRow {
  id: string
  name: string
  env: string[]
  npm: string | null
  api: string | null
  doc: string | null
  extra: string
}

/**
 * Writes what one upstream says of a provider; the columns follow the best upstream that says anything.
 * Returns whether something changed. The provider's row must be locked.
 */
export async function commitProviderFacts(
  tx: Tx,
  provider: string,
  upstream: string,
  facts: ProviderFacts,
  rank: (upstream: string) => number,
): Promise<boolean> {
  const [row] = await readRows(tx, provider)
  const known = (row ? parseJson(row.extra) : {}) as JsonObject
  const stated = parseJson(JSON.stringify(facts)) as JsonObject
  if (canonicalJson(known[upstream] ?? {}) === canonicalJson(stated)) return false
  const all: JsonObject = { ...known, [upstream]: stated }
  const best = mergeFacts(all, rank)
  await tx.$executeRaw`
    UPDATE providers SET name = ${best.name ?? provider}, env = ${best.env ?? []}, npm = ${best.npm ?? null},
      api = ${best.api ?? null}, doc = ${best.doc ?? null}, extra = ${JSON.stringify(all)}::jsonb, updated_at = now()
    WHERE id = ${provider}`
  return true
}

function mergeFacts(all: JsonObject, rank: (upstream: string) => number): ProviderFacts {
  const worstFirst = Object.keys(all).sort((a, b) => rank(b) - rank(a))
  return Object.assign({}, ...worstFirst.map((upstream) => all[upstream])) as ProviderFacts
}

/** All providers, by id. `extra` is by upstream: what each of them states, in its own words. */
export async function readProviders(reader: Reader): Promise<CatalogProvider[]> {
  return (await readRows(reader)).map(toProvider)
}

async function readRows(reader: Reader, id: string | null = null): Promise<ProviderRow[]> {
  return reader.$queryRaw`
    SELECT id, name, env, npm, api, doc, extra::text AS extra FROM providers
    WHERE ${id}::text IS NULL OR id = ${id} ORDER BY id COLLATE "C"`
}

function toProvider({ id, name, env, npm, api, doc, extra }: ProviderRow): CatalogProvider {
  const stated = parseJson(extra) as Record<string, JsonObject>
  const rest = Object.entries(stated).map(([upstream, facts]) => [upstream, facts['extra'] ?? {}])
  return {
    id,
    name,
    env,
    ...(npm === null ? {} : { npm }),
    ...(api === null ? {} : { api }),
    ...(doc === null ? {} : { doc }),
    extra: Object.fromEntries(rest) as Record<string, JsonObject>,
  }
}
