/**
 * The file of PLUMBLINE_CONFIG, in which an operator declares upstreams (README.md § Upstreams). What is
 * wrong in it stops the start, with every problem at its line.
 */
import { z } from 'zod'
import { priceUnits, type PriceUnit } from '../catalog/price.ts'
import { secretName, type DeclaredUpstreams } from '../config.ts'
import { nearest } from '../config-names.ts'
import { httpUrlExpectation, readHttpUrl, upstreamId } from '../config-values.ts'
import { PlumblineError } from '../errors.ts'
import { scheduleProblems } from '../upstream-settings.ts'
import { urlAddressKind } from './address-guard.ts'
import { readYaml, type YamlPath, type YamlProblem } from './yaml-lines.ts'

/** A text for which `isRight` holds; anything else is refused with the same words. */
function text(expectation: string, isRight: (text: string) => boolean) {
  const error = `must be ${expectation}`
  return z.string({ error }).refine(isRight, { error })
}

function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  return z.enum(choices, { error: `must be one of ${choices.join(', ')}` })
}

const flag = z.boolean({ error: 'must be true or false' })
const units = Object.keys(priceUnits).filter(isTokenUnit)
const providerId = /^[a-z0-9][a-z0-9._-]*$/

export const Declaration = z.strictObject(
  {
    id: text('letters a to z, digits and -', (id) => upstreamId.test(id)),
    /** The base, as SDKs take it; `/models` is added unless it is there. */
    url: text(httpUrlExpectation, (url) => readHttpUrl(url) !== undefined),
    key: text('the name of a variable such as LAB_API_KEY', isKeyName).optional(),
    unit: oneOf(units).optional(),
    provider: text('a provider id (openai, my-lab)', (id) => providerId.test(id)).optional(),
    complete: flag.optional(),
    allow_private: flag.default(false),
    schedule: text('a duration (15m, 1h, 24h) or cron', (schedule) => schedule !== '').optional(),
    format: oneOf(['openai', 'openrouter']).default('openai'),
  },
  { error: 'must be an upstream: id, url, …' },
)
export type Declaration = z.infer<typeof Declaration>

const UpstreamsFile = z.strictObject(
  { upstreams: z.array(Declaration, { error: 'must be a list of upstreams' }).nullish() },
  { error: 'must have `upstreams:` and nothing else' },
)

function isKeyName(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name) && secretName.test(name)
}

/** `pricing` counts tokens; a unit of anything else would only be a mistake by a power of ten. */
function isTokenUnit(name: string): name is PriceUnit {
  return Object.hasOwn(priceUnits, name) && /Tokens?$/.test(name)
}

/**
 * What the file declares. `takenIds` are those of all other upstreams. Throws PlumblineError
 * `config_invalid` that lists every problem with its line.
 */
export function readDeclaredUpstreams(
  { path, text }: DeclaredUpstreams,
  takenIds: readonly string[],
): Declaration[] {
  const yaml = readYaml(text)
  if (yaml.problems.length > 0) throw invalidFile(path, yaml.problems, yaml.lineOf)
  const parsed = UpstreamsFile.safeParse(yaml.value ?? {})
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap(issueProblems),
    ...relatedProblems(yaml.value, takenIds),
  ]
  if (problems.length > 0) throw invalidFile(path, problems, yaml.lineOf)
  return parsed.data?.upstreams ?? []
}

function issueProblems(issue: z.core.$ZodIssue): YamlProblem[] {
  const path: YamlPath = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  const known = Object.keys((path.length === 0 ? UpstreamsFile : Declaration).shape)
  return issue.keys.map((key) => {
    const similar = nearest(key, known)
    const hint =
      similar === undefined ? `there are ${known.join(', ')}` : `did you mean ${similar}?`
    return { path: [...path, key], message: `is not known; ${hint}` }
  })
}

/** Fields that bear on others, as far as they can be read: one wrong field hides no other problem. */
const Related = z.object({
  id: z.unknown().optional(),
  url: z.string().catch(''),
  allow_private: z.unknown().optional(),
  unit: z.unknown().optional(),
  schedule: z.string().optional().catch(undefined),
  format: z.unknown().optional(),
})
const RelatedFile = z.object({ upstreams: z.array(Related.catch({ url: '' })) })
type Related = z.infer<typeof Related>
type FieldProblem = readonly [field: keyof Related, message: string]

function relatedProblems(value: unknown, takenIds: readonly string[]): YamlProblem[] {
  const declared = RelatedFile.safeParse(value).data?.upstreams ?? []
  const ids: unknown[] = [...takenIds, ...declared.map(({ id }) => id)]
  return declared.flatMap((one, index) => {
    const isTaken = one.id !== undefined && ids.indexOf(one.id) < takenIds.length + index
    const problems: FieldProblem[] = [...fieldProblems(one)]
    if (isTaken) problems.push(['id', 'is that of another upstream'])
    return problems.map(([field, message]) => ({ path: ['upstreams', index, field], message }))
  })
}

function* fieldProblems(declared: Related): Generator<FieldProblem> {
  const kind = urlAddressKind(declared.url)
  if (kind === 'forbidden') yield ['url', 'is at an address that is never asked']
  if (kind === 'private' && declared.allow_private !== true)
    yield ['url', 'is at a private address, which needs `allow_private: true`']
  if (declared.format === 'openrouter' && declared.unit !== undefined)
    yield ['unit', 'goes with `format: openai`; OpenRouter’s prices are USD per token']
  if (declared.schedule)
    for (const problem of scheduleProblems(declared.schedule, declared.url))
      yield ['schedule', `must be a schedule: ${problem}`]
}

function invalidFile(
  path: string,
  problems: readonly YamlProblem[],
  lineOf: (problem: YamlProblem) => number,
): PlumblineError {
  const lines = problems
    .map((problem) => ({ line: lineOf(problem), text: sentence(problem) }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, text }) => `  - ${path}:${line} ${text}`)
  return new PlumblineError(
    'config_invalid',
    [`${path} has ${problems.length} problem(s):`, ...lines].join('\n'),
    { nextStep: 'Correct the file; the README has every field under Upstreams.' },
  )
}

/** `upstreams[0].url must be …` */
function sentence({ path, message }: YamlProblem): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return name === '' ? message : `${name.slice(1)} ${message}`
}
