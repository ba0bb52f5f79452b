/**
 * When two providers serve the same model: both have the same `base` and the same `variant`. The base is
 * `maker/name`; the variant is what tells a dated snapshot, a free tier or a quantisation from it. What an
 * upstream states (`baseModel`) comes first, else the id is read. What an id does not tell for sure stays
 * apart: a wrong link is a wrong price, a missing one is a line less. A changed rule reaches the
 * models that are stored with `plumbline migrate` (relink-models.ts). Pure.
 */
import { isMaker, makerOfName, makerOfWord } from './makers.ts'
import { respell, splitDottedMaker, statedMaker } from './model-spelling.ts'
import { splitEnds, splitTags } from './model-variants.ts'

export interface BaseModel {
  /** `maker/name`, in lower case and with `-` only: to be compared, not to be sent to anybody. */
  base: string
  /** Empty for the model itself, else words such as `20240806`, `free` or `20250929+batch`. */
  variant: string
}

interface Identified {
  provider: string
  modelId: string
  /** What an upstream states that it is, as `maker/name`. */
  baseModel?: string | undefined
}

export function baseModelOf({ provider, modelId, baseModel }: Identified): BaseModel {
  const { maker, name, variants } =
    baseModel === undefined ? readId(modelId, provider) : readId(baseModel, '')
  const moves = baseModel === undefined && movesWithProvider(name, variants)
  const made = moves ? provider : (makerOf(maker, name) ?? makerOfWord(provider))
  return { base: `${made}/${name}`, variant: [...new Set(variants)].sort().join('+') }
}

interface ReadId {
  /** Undefined where the id does not say. */
  maker: string | undefined
  name: string
  variants: string[]
}

function readId(id: string, provider: string): ReadId {
  // Clarifai's `owner/application/models/name`.
  const segments = id
    .toLowerCase()
    .replace(/^([^/]+)\/[^/]+\/models\//, '$1/')
    .split('/')
  const { maker, rest } = splitDottedMaker(segments.pop() ?? '')
  const tagged = splitTags(rest)
  const { name, variants } = splitEnds(respell(tagged.name, provider))
  return {
    maker: maker ?? statedMaker(segments, provider),
    name: name === '' ? id.toLowerCase() : name,
    variants: [...variants, ...tagged.variants, ...(segments.includes('tee') ? ['tee'] : [])],
  }
}

/**
 * A lab in front of another lab's name is who serves it (`alibaba/kimi-k2.5`), or has made it smaller.
 * Who is not known may have trained it further under the name that it had.
 */
function makerOf(stated: string | undefined, name: string): string | undefined {
  return stated !== undefined && !isMaker(stated) ? stated : (makerOfName(name) ?? stated)
}

/** Names under which each provider serves what it has just then: `deepseek-chat` was five models by 2026. */
const movingNames: ReadonlySet<string> = new Set([
  'deepseek-chat',
  'deepseek-reasoner',
  'mistral-tiny',
  'mistral-small',
  'mistral-medium',
  'mistral-large',
])

function movesWithProvider(name: string, variants: readonly string[]): boolean {
  return movingNames.has(name) && !variants.some((variant) => /^\d/.test(variant))
}
