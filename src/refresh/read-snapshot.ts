/** A stored payload → slices and rejects: parse page by page, validate entry by entry. */
import type { ConfiguredUpstream } from '../upstreams/configured-upstream.ts'
import { parsePayloadWithSources } from '../upstreams/payload.ts'
import { SliceCollector, type ReadMemo, type ReadSnapshot } from './validate.ts'

/** The memo is what the same function gave for the snapshot before; any memo gives the same slices. */
export async function readSnapshotSlices(
  { definition }: Pick<ConfiguredUpstream, 'definition'>,
  pages: AsyncIterable<{ url: string; body: string }> | Iterable<{ url: string; body: string }>,
  before?: ReadMemo,
): Promise<ReadSnapshot & { memo: ReadMemo }> {
  const collector = new SliceCollector(definition, before)
  for await (const { url, body } of pages) {
    const { json, sources } = parsePayloadWithSources(body, { upstream: definition.id })
    for (const item of definition.entries({ url, json, upstream: definition.id }))
      collector.add(item, sources)
  }
  return { ...collector.finish(), memo: collector.memo }
}
