/**
 * LiteLLM's cost map: one object of rows by model key, made by hand in a public repository and bundled
 * with LiteLLM. The same model often has several rows (per region, image size, route). Seen from 2025-02
 * to 2026-07; keys and price names are added every few weeks. Names: litellm-fields.ts,
 * litellm-prices.ts, litellm-providers.ts; the way back: http/formats/litellm.ts.
 */
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type Json } from '../json.ts'
import { canonicalProvider, keyPrefixes, providerOfPrefix } from './litellm-providers.ts'
import { readLitellmRow } from './litellm-row.ts'
import { ownEntries } from './raw-object.ts'
import {
  RejectedEntry,
  type Entry,
  type Item,
  type ListingDraft,
  type ParsedPage,
  type Upstream,
} from './upstream.ts'

export const litellm = {
  id: 'litellm',
  title: 'LiteLLM cost map',
  docs: 'https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json',
  url: 'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json',
  adapterVersion: 1,
  schedule: '1h',
  rank: 2,
  authoritative: 'all',
  // The map is one file: a row that is not in it was taken out (or renamed) by somebody. That the
  // model itself lives on is for the other upstreams to say, whose listings stay.
  complete: true,
  minimumEntries: 100,
  maxBytes: 32 * 2 ** 20,
  verified: true,
  entries,
  listing,
} satisfies Upstream

/** Members of the map that are no models: a template, rules for unknown names, an archive's stamp. */
const notModels = new Set(['sample_spec', 'fallback_generalizations', 'last_updated'])

function* entries({ json }: ParsedPage): Generator<Item> {
  if (
    !isJsonObject(json) ||
    !Object.values(json).some((row) => isJsonObject(row) && 'litellm_provider' in row)
  )
    throw new PlumblineError('payload_shape', 'litellm did not answer with an object of models.', {
      retryable: true,
      nextStep: 'Look at the address: the cost map is {"<key>": {"litellm_provider": …}}.',
    })
  const rows = ownEntries(json)
    .filter(([key]) => !notModels.has(key))
    .map(([key, row]): MapRow => ({ key, row, ...identify(key, row) }))
  for (const { key, row, provider, modelId } of withDistinctIds(rows))
    yield { kind: 'entry', provider, modelId, raw: isJsonObject(row) ? { ...row, key } : row }
}

interface MapRow {
  key: string
  row: Json
  /** Empty where neither the row nor its key tells: such an entry is rejected for want of an id. */
  provider: string
  modelId: string
  /** Place of the key's prefix among the provider's; a key without any comes first. */
  rank: number
}

function identify(key: string, row: Json): Pick<MapRow, 'provider' | 'modelId' | 'rank'> {
  const stated = isJsonObject(row) ? row['litellm_provider'] : undefined
  const word = typeof stated === 'string' ? stated : ''
  const provider = (word === '' ? providerOfPrefix(key) : canonicalProvider(word)) ?? ''
  const prefixes = keyPrefixes(provider, word)
  const rank = prefixes.findIndex((prefix) => key.startsWith(prefix))
  return { provider, modelId: key.slice(prefixes[rank]?.length ?? 0), rank }
}

/**
 * Without their prefixes several keys can give one id (`gpt-4o` and `openai/gpt-4o`). The one whose
 * prefix comes first has it, all others keep their whole key; so the order of the rows has no say. A
 * whole key can again be another row's id, hence the repetition: it ends, since keys are distinct.
 */
function withDistinctIds(rows: readonly MapRow[]): readonly MapRow[] {
  let settled = rows
  for (;;) {
    const owners = new Map<string, MapRow>()
    for (const row of settled) {
      const owner = owners.get(identity(row))
      if (!owner || comesFirst(row, owner)) owners.set(identity(row), row)
    }
    if (owners.size === settled.length) return settled
    settled = settled.map((row) =>
      owners.get(identity(row)) === row ? row : { ...row, modelId: row.key, rank: -1 },
    )
  }
}

function comesFirst(a: MapRow, b: MapRow): boolean {
  return a.rank === b.rank ? a.key < b.key : a.rank < b.rank
}

function identity({ provider, modelId }: MapRow): string {
  return JSON.stringify([provider, modelId])
}

/** `extra.key` and `extra.litellm_provider` are the row's own; for `extra.price_names` see litellm-row.ts. */
function listing({ raw }: Entry): ListingDraft {
  if (!isJsonObject(raw)) throw new RejectedEntry('not_an_object', 'The row is not an object.')
  return readLitellmRow(raw)
}
