/**
 * A model as the API gives it; an absent field is unknown. Declared here, since this folder stands
 * alone; test/client/models.test.ts compares it with what the server has.
 */
export interface CatalogModel {
  /** `provider/model-id`. */
  readonly id: string
  readonly provider: string
  readonly modelId: string
  readonly name?: string
  readonly description?: string
  readonly family?: string
  /** chat, completion, embedding, image, … */
  readonly type?: string
  /** The same model across providers. */
  readonly baseModel?: string
  /** YYYY, YYYY-MM or YYYY-MM-DD; so are the other dates. */
  readonly releaseDate?: string
  readonly lastUpdated?: string
  readonly knowledgeCutoff?: string
  readonly openWeights?: boolean
  /** Tokens; so are the other limits. */
  readonly contextWindow?: number
  readonly maxInputTokens?: number
  readonly maxOutputTokens?: number
  /** text, image, audio, video, pdf. */
  readonly inputModalities?: readonly string[]
  readonly outputModalities?: readonly string[]
  readonly vision?: boolean
  readonly functionCalling?: boolean
  readonly streaming?: boolean
  readonly jsonMode?: boolean
  readonly structuredOutput?: boolean
  readonly imageGeneration?: boolean
  readonly audio?: boolean
  readonly codeGeneration?: boolean
  readonly reasoning?: boolean
  readonly attachment?: boolean
  readonly temperature?: boolean
  readonly promptCaching?: boolean
  readonly webSearch?: boolean
  readonly stage?: string
  readonly deprecatedAt?: string
  readonly replacedBy?: string
  readonly tags?: readonly string[]
  readonly prices: ModelPrices
  readonly lifecycle: 'active' | 'deprecated' | 'missing' | 'retired'
  readonly review: 'new' | 'active' | 'disabled'
  /** Empty: open to every tier. */
  readonly tiers: readonly string[]
  /** Field → upstream, or "override". */
  readonly provenance: Readonly<Record<string, string>>
  /** Fields on which upstreams disagree. */
  readonly conflicts: readonly string[]
  /** ISO 8601; so are the other times. */
  readonly missingSince: string | null
  readonly retiredAt: string | null
  readonly createdAt: string
  readonly changedAt: string
}

/** Decimal text in the currency's main unit per million tokens: a number would lose digits. */
export interface ModelPrices {
  /** Only `priced` and `free` have amounts that may be used: unknown is not free. */
  readonly state: 'unknown' | 'free' | 'dynamic' | 'priced'
  /** ISO 4217. */
  readonly currency: string
  /** Of the standard mode and the base tier; so are the others. */
  readonly input?: string
  readonly output?: string
  readonly reasoning?: string
  readonly cacheRead?: string
  readonly cacheWrite?: string
  readonly inputAudio?: string
  readonly outputAudio?: string
  /** Everything that is charged, with its circumstances. */
  readonly components: readonly PriceComponent[]
}

export interface PriceComponent {
  /** input, output, cache_read, output_image_each, … */
  readonly meter: string
  /** Per million tokens, or per `unit`. */
  readonly amount: string
  readonly unit?: string | undefined
  /** batch, flex, priority, … */
  readonly mode?: string | undefined
  /** Applies when the prompt has more tokens than this. */
  readonly minTokens?: number | undefined
  readonly ttl?: string | undefined
  readonly region?: string | undefined
  readonly variant?: string | undefined
  /** Further circumstances: /openapi.json has them. */
  readonly [circumstance: string]: unknown
}
