/**
 * Ids of genai-prices that are not as the provider itself writes them.
 *
 * OpenRouter's ids begin with a maker; genai-prices has many of its models a second time without one,
 * since those who ask it may say either. Where both say the same they are one model, under OpenRouter's
 * id, and match both names. Where they do not, or where no id with a maker is there, nobody can tell what
 * the name without one stands for, and it stays. Seen 2025-06 to 2026-08.
 */
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { statedId } from './payload-list.ts'
import { objectWithout } from './raw-object.ts'

/** Providers all of whose ids begin with a maker. */
const withMakers: ReadonlySet<string> = new Set(['openrouter'])

/** The models of a provider; `other_id` is the second name of one that has two. */
export function joinNames(provider: string, models: readonly Json[]): readonly Json[] {
  if (!withMakers.has(provider)) return models
  const objects = models.filter(isJsonObject)
  const made = Map.groupBy(objects.filter(hasMaker), (model) => bareId(model))
  const bare = objects.filter((model) => !hasMaker(model))
  const joined = new Map<Json, JsonObject | undefined>()
  for (const model of bare) {
    const [owner, ...others] = made.get(statedId(model)) ?? []
    if (!owner || others.length > 0 || joined.has(owner) || !saysTheSame(owner, model)) continue
    joined.set(owner, withName(owner, model))
    joined.set(model, undefined)
  }
  return models.flatMap((model) => (joined.has(model) ? (joined.get(model) ?? []) : [model]))
}

/** Z.AI and Zhipu serve `glm-5.2`; both spellings match genai-prices' `GLM-5.2`. */
const inLowerCase: ReadonlySet<string> = new Set(['zai', 'zhipuai'])
const asServed: Readonly<Record<string, string>> = { 'minimax/minimax-m3': 'MiniMax-M3' }

/** The id under which the provider serves it; the stated one where that is another model's. */
export function servedId(provider: string, model: Json, models: readonly Json[]): string {
  const id = statedId(model)
  const key = `${provider}/${id}`
  const recased = Object.hasOwn(asServed, key) ? asServed[key] : undefined
  const served =
    recased ?? (inLowerCase.has(provider) ? id.toLowerCase() : (matchedPath(model, id) ?? id))
  return models.some((other) => statedId(other) === served) ? id : served
}

/** Fireworks' `kimi-k2p6` matches `accounts/fireworks/models/kimi-k2p6` and nothing that is shorter. */
function matchedPath(model: Json, id: string): string | undefined {
  const matched = isJsonObject(model) ? equalsOf(model['match'] ?? null) : []
  const [path, ...others] = matched.filter((text) => text.endsWith(`/${id}`))
  return matched.includes(id) || others.length > 0 ? undefined : path
}

function equalsOf(match: Json): string[] {
  if (!isJsonObject(match)) return []
  const { equals, or } = match
  if (typeof equals === 'string') return [equals]
  return Array.isArray(or) ? or.flatMap(equalsOf) : []
}

function hasMaker(model: JsonObject): boolean {
  return statedId(model).includes('/')
}

function bareId(model: JsonObject): string {
  const id = statedId(model)
  return id.slice(id.indexOf('/') + 1)
}

/** The display name is often with the name without a maker only. */
function saysTheSame(owner: JsonObject, other: JsonObject): boolean {
  const ofName = ['id', 'match', ...('name' in owner ? [] : ['name'])]
  const [one, two] = [owner, other].map((model) => canonicalJson(objectWithout(model, ofName)))
  return one === two
}

function withName(owner: JsonObject, other: JsonObject): JsonObject {
  const matches = [owner['match'], other['match']].flatMap((match) => match ?? [])
  return {
    ...other,
    ...owner,
    other_id: statedId(other),
    ...(matches.length > 1 ? { match: { or: matches } } : {}),
  }
}
