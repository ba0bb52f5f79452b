/**
 * What an id says beyond the name of a model: the day of a snapshot, a tier (`:free`, `:batch`), a way of
 * thinking, a quantisation, an enclave. All of them are offers of their own with a price of their own.
 */
import { isRoute } from './model-spelling.ts'

export interface NameWithVariants {
  name: string
  variants: string[]
}

const month = '(?:0[1-9]|1[0-2])'
const day = '(?:0[1-9]|[12][0-9]|3[01])'

/** Ends of a respelled name, and the variant that they say. */
const ends: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`-(20[2-9][0-9])-?(${month})-?(${day})$`), '$1$2$3'],
  [new RegExp(`-(${month})-(20[2-9][0-9])$`), '$2$1'],
  [new RegExp(`-(${month})-(${day})$`), '$1$2'],
  // 2507 is a year and a month, 0324 a month and a day: both are of one snapshot.
  [new RegExp(`-(2[3-9]${month}|${month}${day})$`), '$1'],
  [/(?<=^gemini-.*)-(00[1-9])$/, '$1'],
  [/-((?:fp|bf|int|nvfp|mxfp)(?:4|8|16)(?:-fast)?|awq|gptq|gguf|[468]bit)$/, '$1'],
  [/-(tee|latest|free|batch)$/, '$1'],
  // "Model as a service", at Vertex for whatever is not Google's.
  [/-maas$/, ''],
]

const places: ReadonlySet<string> = new Set(['default', 'eu', 'us'])

/** Of the last segment of an id, in lower case; the name is not respelled yet. */
export function splitTags(segment: string): NameWithVariants {
  const [name = '', ...tags] = segment.replace(/(?<!^)@/g, ':').split(':')
  const sizes = tags.filter((tag) => /^\d+(?:\.\d+)?b$/.test(tag))
  const variants = tags.filter((tag) => tag !== '' && !sizes.includes(tag) && !isPlace(tag))
  return {
    name: [name, ...sizes].join('-'),
    variants: variants.map((tag) => tag.replace(/-/g, '')),
  }
}

function isPlace(tag: string): boolean {
  return places.has(tag) || isRoute(tag)
}

/** Cuts off the ends of a respelled name, the last first. */
export function splitEnds(name: string): NameWithVariants {
  for (const [pattern, said] of ends) {
    const end = pattern.exec(name)
    if (!end || end.index === 0) continue
    const { name: rest, variants } = splitEnds(name.slice(0, end.index))
    const variant = said.replace(/\$(\d)/g, (_, group: string) => end[Number(group)] ?? '')
    return { name: rest, variants: variant === '' ? variants : [...variants, variant] }
  }
  return { name, variants: [] }
}
