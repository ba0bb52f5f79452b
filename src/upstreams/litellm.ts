/**
 * LiteLLM's cost map: one object of rows by model key, made by hand in a public repository and bundled
 * with LiteLLM. The same model often has several rows: those of its regions become one listing with it
 * (litellm-regions.ts), and so do those that differ in a prefix only (litellm-twins.ts); those of image
 * sizes and routes have ids of their own. Seen from 2025-02 to
 * 2026-07; keys and price names are added every few weeks. Names: litellm-fields.ts, litellm-prices.ts,
 * litellm-providers.ts; the way back: http/formats/litellm.ts.
 */
import { PlumblineError } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import { modelsOfMap } from './litellm-models.ts'
import { readPlaces } from './litellm-regions.ts'
import { readLitellmRow } from './litellm-row.ts'
import { twinsOf, withTwins } from './litellm-twins.ts'
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
  adapterVersion: 4,
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
  const rows = ownEntries(json).filter(([key]) => !notModels.has(key))
  for (const { provider, modelId, raw } of modelsOfMap(new Map(rows)))
    yield { kind: 'entry', provider, modelId, raw }
}

/**
 * `extra.key` and `extra.litellm_provider` are the row's own; for `extra.price_names` and `price_forms`
 * see litellm-row.ts, for `placed_rows` litellm-regions.ts,
 * for `twin_rows` litellm-twins.ts.
 */
function listing({ raw }: Entry): ListingDraft {
  if (!isJsonObject(raw)) throw new RejectedEntry('not_an_object', 'The row is not an object.')
  const { placed_rows: placed, twin_rows: _twins, ...own } = raw
  const draft = Array.isArray(placed)
    ? readPlaces('key' in own ? own : undefined, placed)
    : readLitellmRow(own)
  return withTwins(draft, twinsOf(raw))
}
