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

/** By path, and by `only` where a path has such a variant; what else is in a query changes nothing. */
export function formatAt(url: string): Format | undefined {
  const exact = byUrl.get(url)
  if (exact) return exact
  const [path = '', query] = url.split('?')
  const format = byUrl.get(path)
  const only = format && query !== undefined ? new URLSearchParams(query).get('only') : null
  return only === null ? format : (byUrl.get(`${path}?only=${only}`) ?? format)
}
