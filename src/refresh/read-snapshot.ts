/** A stored payload → slices and rejects: parse page by page, validate entry by entry. */
import type { ConfiguredUpstream } from '../upstreams/configured-upstream.ts'
import { parsePayloadWithSources } from '../upstreams/payload.ts'
import type { KeptPage } from './fetch-snapshot.ts'
import { PackedEntries } from './packed-entries.ts'
import { SliceCollector, type ReadMemo, type ReadSnapshot } from './slice-collector.ts'

/** The memo is what the same function gave for the snapshot before; any memo gives the same slices. */
export async function readSnapshotSlices(
  { definition }: Pick<ConfiguredUpstream, 'definition'>,
  pages: AsyncIterable<KeptPage> | Iterable<KeptPage>,
  before?: ReadMemo,
): Promise<ReadSnapshot & { memo: ReadMemo }> {
  const collector = new SliceCollector(definition, before)
  const packed = new PackedEntries(definition)
  for await (const page of pages) {
    const { json, sources } = parsePayloadWithSources(page.body, { upstream: definition.id })
    let index = 0
    for (const item of definition.entries({ url: page.url, json, upstream: definition.id }))
      collector.add(
        item,
        page.packed ? { sources, again: packed.again(page, index++) } : { sources },
      )
  }
  return { ...collector.finish(), memo: collector.memo }
}
