/**
 * The catalog's record for (provider, model id): listings merged, overrides on top. Its public id is
 * `provider/model-id`.
 */
import type { JsonObject } from '../json.ts'
import type { ModelFields } from './fields.ts'
import type { PriceSheet } from './price.ts'

export const lifecycles = ['active', 'deprecated', 'missing', 'retired'] as const
export type Lifecycle = (typeof lifecycles)[number]
/** What lists show unless they are asked for more. */
export const servedLifecycles: readonly Lifecycle[] = ['active', 'deprecated', 'missing']

export const reviews = ['new', 'active', 'disabled'] as const
export type Review = (typeof reviews)[number]
export const enabledReviews: readonly Review[] = ['new', 'active']

export const tiers = ['free', 'pro', 'enterprise'] as const
export type Tier = (typeof tiers)[number]

export interface CatalogModel {
  provider: string
  modelId: string
  fields: ModelFields
  prices: PriceSheet
  /** What upstreams state beyond the fields, by upstream id and then under their own names. */
  extra: Record<string, JsonObject>
  lifecycle: Lifecycle
  review: Review
  tiers: Tier[]
  /** Which upstream each field came from (`price.<component>` for prices), or "override". */
  provenance: Record<string, string>
  /** Price and limit fields on which listings that are present disagree. */
  conflicts: string[]
}

/** A provider with what upstreams say of it. */
export interface CatalogProvider {
  id: string
  name: string
  env: string[]
  npm?: string
  api?: string
  doc?: string
  extra: Record<string, JsonObject>
}

export function modelKey({ provider, modelId }: { provider: string; modelId: string }): string {
  return `${provider}/${modelId}`
}

/** The parts of `provider/model-id`: the model id may contain slashes, the provider none. */
export function parseModelKey(id: string): { provider: string; modelId: string } | undefined {
  const slash = id.indexOf('/')
  if (slash < 1 || slash === id.length - 1) return undefined
  return { provider: id.slice(0, slash), modelId: id.slice(slash + 1) }
}
