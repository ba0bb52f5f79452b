/** A stored payload → slices and rejects: parse page by page, validate entry by entry. */
import type { ConfiguredUpstream } from '../upstreams/configured-upstream.ts'
import { parsePayload } from '../upstreams/payload.ts'
import { SliceCollector, type ReadSnapshot } from './validate.ts'

export async function readSnapshotSlices(
  { definition }: ConfiguredUpstream,
  pages: AsyncIterable<{ url: string; body: string }> | Iterable<{ url: string; body: string }>,
): Promise<ReadSnapshot> {
  const collector = new SliceCollector(definition)
  for await (const { url, body } of pages) {
    const json = parsePayload(body, { upstream: definition.id })
    for (const item of definition.entries({ url, json, upstream: definition.id }))
      collector.add(item)
  }
  return collector.finish()
}
