/** Which format a request asks for. */
import { formats } from '../formats/format-table.ts'
import type { Format } from '../formats/format.ts'

const byUrl = new Map(
  formats.flatMap((format) =>
    [format.path, ...(format.aliases ?? [])].map((url) => [url, format] as const),
  ),
)

/** The paths, each once, without variants by query. */
export const formatPaths: readonly string[] = [
  ...new Set([...byUrl.keys()].map((url) => url.split('?')[0] ?? url)),
]

/** Values of `only` under which a path has a variant. */
export function variantsOf(path: string): string[] {
  const start = `${path}?only=`
  return [...byUrl.keys()].flatMap((url) =>
    url.startsWith(start) ? [url.slice(start.length)] : [],
  )
}

/**
 * By path, and by `only` where the path has such variants; undefined for a variant that it has not. What
 * else is in a query changes nothing.
 */
export function formatAt(url: string): Format | undefined {
  const exact = byUrl.get(url)
  if (exact) return exact
  const [path = '', query] = url.split('?')
  const format = byUrl.get(path)
  if (!format || query === undefined || variantsOf(path).length === 0) return format
  const only = new URLSearchParams(query).get('only')
  return only === null ? format : byUrl.get(`${path}?only=${only}`)
}
