/**
 * genai-prices counts each token once, under the most special name that is priced, and its clients refuse
 * a model whose names do not allow that: a special name wants every more general one (cached audio: input,
 * cached, audio), and two names that can hold of one token want the name of both. Sheets that several
 * upstreams have made lack some; what is added here costs what such tokens cost without it.
 */
import type { Json } from '../../json.ts'

interface Kind {
  direction: 'input' | 'output'
  modality?: string
  cache?: string
  ttl?: string
  purpose?: string
}

const namePattern =
  /^(?:(?<direction>input|output)(?:_(?<modality>text|audio|image|video))?(?:_(?<purpose>tool|reasoning|citation))?|cache(?:_(?<ofCache>text|audio|image|video))?_(?<cache>read|write)(?:_(?<ttl>5m|1h))?)_mtok$/

export type NamedPrices = Record<string, Json>

/** The same prices, as far as clients take them. */
export function coverPrices(prices: NamedPrices): NamedPrices {
  const covered = new Map(Object.entries(prices))
  // General names first, and five minutes before an hour: it can stand for what both hang from.
  const names = [...covered.keys()]
    .filter(kindOf)
    .toSorted((a, b) => a.length - b.length || (a > b ? -1 : 1))
  for (const name of names) {
    const missing = ancestorsOf(name).filter(([ancestor]) => !covered.has(ancestor))
    if (missing.some(([, stand]) => stand === undefined)) covered.delete(name)
    else for (const [ancestor] of missing) covered.set(ancestor, prices[name] ?? null)
  }
  for (const [join, stand] of joinsOf([...covered.keys()])) {
    const price = covered.get(stand)
    if (!covered.has(join) && price !== undefined) covered.set(join, price)
  }
  return Object.fromEntries(covered)
}

function kindOf(name: string): Kind | undefined {
  const groups = namePattern.exec(name)?.groups
  if (!groups) return undefined
  const { direction, modality = groups['ofCache'], cache, ttl, purpose } = groups
  return {
    direction: direction === 'output' ? 'output' : 'input',
    ...(modality === undefined ? {} : { modality }),
    ...(cache === undefined ? {} : { cache }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(purpose === undefined ? {} : { purpose }),
  }
}

function nameOf({ direction, modality, cache, ttl, purpose }: Kind): string {
  const parts = cache === undefined ? [direction, modality] : ['cache', modality, cache, ttl]
  return [...parts, purpose, 'mtok'].filter((part) => part !== undefined).join('_')
}

/** More general names, and which price may stand for one that is missing. */
function ancestorsOf(name: string): [ancestor: string, stand: string | undefined][] {
  const kind = kindOf(name)
  if (!kind) return []
  const { direction, modality, cache, ttl, purpose } = kind
  const general: Kind[] = [
    { direction },
    ...(modality === undefined ? [] : [{ direction, modality }]),
    ...(cache === undefined ? [] : [{ direction, cache }]),
    ...(purpose === undefined ? [] : [{ direction, purpose }]),
    ...(cache === undefined || modality === undefined ? [] : [{ direction, modality, cache }]),
    ...(cache === undefined || ttl === undefined ? [] : [{ direction, cache, ttl }]),
  ]
  return (
    general
      .map(nameOf)
      .filter((ancestor) => ancestor !== name)
      // A cache entry that lives five minutes is the usual one.
      .map((ancestor) => [
        ancestor,
        ancestor === 'cache_write_mtok' && ttl === '5m' ? name : undefined,
      ])
  )
}

/** Names of two kinds at once, and whose price holds then: that of the cache, else of the modality. */
function joinsOf(names: readonly string[]): [join: string, stand: string][] {
  return names.flatMap((left) =>
    names.flatMap((right): [string, string][] => {
      const [a, b] = [kindOf(left), kindOf(right)]
      if (!a || !b || left === right || !isCompatible(a, b)) return []
      const stands = a.cache !== undefined || (b.cache === undefined && a.modality !== undefined)
      return stands ? [[nameOf({ ...b, ...a }), left]] : []
    }),
  )
}

function isCompatible(a: Kind, b: Kind): boolean {
  const names = ['direction', 'modality', 'cache', 'ttl', 'purpose'] as const
  return names.every(
    (name) => a[name] === undefined || b[name] === undefined || a[name] === b[name],
  )
}
