/** Providers and what upstreams say of them as a whole. */
import { canonicalJson, parseJson, type JsonObject } from '../json.ts'
import { Prisma, type Reader, type Statement } from './database.ts'
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
 * `known` is `providers.extra` as read with the row's lock. Undefined when nothing has changed.
 */
export function providerFactsUpdate(
  { provider, upstream }: { provider: string; upstream: string },
  facts: ProviderFacts,
  known: string,
  rank: (upstream: string) => number,
): Statement {
  const all = parseJson(known) as JsonObject
  const stated = parseJson(JSON.stringify(facts)) as JsonObject
  if (canonicalJson(all[upstream] ?? {}) === canonicalJson(stated)) return undefined
  const { [upstream]: _previous, ...others } = all
  // An upstream that lists the provider no more says nothing of it: it has no part in `extra`.
  const isStated = Object.keys(stated).length > 0
  const next: JsonObject = isStated ? { ...others, [upstream]: stated } : others
  const best = mergeFacts(next, rank)
  return Prisma.sql`
    UPDATE providers SET name = ${best.name ?? provider}, env = ${best.env ?? []}, npm = ${best.npm ?? null},
      api = ${best.api ?? null}, doc = ${best.doc ?? null}, extra = ${JSON.stringify(next)}::jsonb, updated_at = now()
    WHERE id = ${provider}`
}

function mergeFacts(all: JsonObject, rank: (upstream: string) => number): ProviderFacts {
  const worstFirst = Object.keys(all).sort((a, b) => rank(b) - rank(a))
  return Object.assign({}, ...worstFirst.map((upstream) => all[upstream])) as ProviderFacts
}

export async function readProviderNames(reader: Reader): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.$queryRaw<
    { id: string; name: string }[]
  >`SELECT id, name FROM providers`
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** All providers (or the one), by id. `extra` is by upstream: what each of them states, in its own words. */
export async function readProviders(reader: Reader, only?: string): Promise<CatalogProvider[]> {
  const rows = await reader.$queryRaw<ProviderRow[]>`
    SELECT id, name, env, npm, api, doc, extra::text AS extra FROM providers
    ${only === undefined ? Prisma.empty : Prisma.sql`WHERE id = ${only}`} ORDER BY id`
  return rows.map(toProvider)
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
