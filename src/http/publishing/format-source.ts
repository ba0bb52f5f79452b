/** Reads what formats are rendered from: everything in one snapshot of the database. */
import type { Reader } from '../../catalog/database.ts'
import { enabledReviews, servedLifecycles } from '../../catalog/model.ts'
import type { Audience, ModelFilter } from '../../catalog/model-filter.ts'
import { readCatalog } from '../../catalog/read-catalog.ts'
import type { ReadPool } from '../../catalog/read-pool.ts'
import { readFlatPrices } from '../../catalog/read-flat-prices.ts'
import { readHiddenExtra } from '../../catalog/read-hidden-extra.ts'
import { readAppliedSnapshot, readPages } from '../../history/snapshots.ts'
import { readPlacedRows } from '../../upstreams/litellm-regions.ts'
import type { ArchivedMap, FormatSource, Need } from '../formats/format.ts'

const litellm = 'litellm'

/** What is disabled is in no format, whoever asks. */
export async function readFormatSource(
  reads: ReadPool,
  audience: Audience,
  needs: ReadonlySet<Need>,
): Promise<FormatSource> {
  const enabled: ModelFilter = { audience, review: enabledReviews }
  const listed: ModelFilter = { ...enabled, lifecycle: servedLifecycles }
  return reads.inSnapshot(async (reader) => ({
    ...(await readCatalog(reader, listed)),
    litellmMap: needs.has('litellmMap') ? await readLitellmMap(reader, listed) : undefined,
    pricePeriods: needs.has('pricePeriods') ? await readFlatPrices(reader, enabled) : [],
  }))
}

async function readLitellmMap(
  reader: Reader,
  listed: ModelFilter,
): Promise<ArchivedMap | undefined> {
  const snapshot = await readAppliedSnapshot(reader, litellm)
  if (!snapshot) return undefined
  const hidden = await readHiddenExtra(reader, litellm, listed)
  const hiddenKeys = hidden.flatMap((extra) => [
    ...(typeof extra['key'] === 'string' ? [extra['key']] : []),
    ...readPlacedRows(extra).map(({ key }) => key),
  ])
  // The map is one page.
  for await (const { body } of readPages(reader, snapshot))
    return { text: body, hiddenKeys: new Set(hiddenKeys) }
  return undefined
}
