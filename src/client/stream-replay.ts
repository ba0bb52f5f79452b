import type { Redis } from 'ioredis'
import type { CatalogChanged } from './change.ts'
import { readEvent } from './read-event.ts'
import type { VersionGap } from './version-order.ts'

/** Changes that one replay holds in memory; a wider gap is replayed in several. */
const windowSize = 500

/**
 * What the stream still has of the gap's first 500 versions, in no order. It is read from its end: a
 * gap is nearly always young. The reading ends when all are found, or with a page in which
 * everything is older than the gap, or at the stream's beginning.
 */
export async function replayFromStream(
  redis: Redis,
  stream: string,
  { from, to }: VersionGap,
): Promise<CatalogChanged[]> {
  if (await startsAfter(redis, stream, from)) return []
  const last = Math.min(to, from + windowSize - 1)
  const pageSize = Math.min(windowSize, to - from + 100)
  const found = new Map<number, CatalogChanged>()
  for await (const page of pagesFromTheEnd(redis, stream, pageSize)) {
    for (const change of page) {
      const { version } = change
      // The younger of two entries wins: the elder is of before a restore, or the same.
      if (version >= from && version <= last && !found.has(version)) found.set(version, change)
    }
    if (found.size === last - from + 1) break
    if (page.length > 0 && page.every(({ version }) => version < from)) break
  }
  return [...found.values()]
}

/** Spares reading the whole stream when it was trimmed past the gap. */
async function startsAfter(redis: Redis, stream: string, version: number): Promise<boolean> {
  const entries = await redis.xrange(stream, '-', '+', 'COUNT', 10)
  const [oldest] = entries.flatMap(([, fields]) => changeIn(fields) ?? [])
  return oldest !== undefined && oldest.version > version
}

async function* pagesFromTheEnd(
  redis: Redis,
  stream: string,
  pageSize: number,
): AsyncGenerator<CatalogChanged[]> {
  let before = '+'
  for (;;) {
    // Inclusive, since exclusive bounds need Redis 6.2: the page's first entry was seen already.
    const entries = await redis.xrevrange(stream, before, '-', 'COUNT', pageSize + 1)
    const fresh = entries.filter(([id]) => id !== before)
    yield fresh.flatMap(([, fields]) => changeIn(fields) ?? [])
    const oldest = fresh.at(-1)
    if (!oldest || entries.length <= pageSize) return
    before = oldest[0]
  }
}

function changeIn(fields: string[]): CatalogChanged | undefined {
  const text = fields[fields.indexOf('event') + 1]
  return text === undefined ? undefined : readEvent(text)
}
