/** Entries of models that are listed and not served, and words of their life cycle. */
import type { Sentinel } from './sentinels.ts'

const deprecated = { fields: { stage: 'deprecated' } } as const

/** Who answers in the form that OpenRouter asks for; it has a flag for models that cannot be called yet. */
const hosts = [
  'ambient',
  'atlascloud',
  'baseten',
  'chutes',
  'cloudflare-workers-ai',
  'inception',
  'ovhcloud',
  'synthetic',
  'wandb',
]

export const sentinelServing: readonly Sentinel[] = [
  ...hosts.map((upstream): Sentinel => {
    return { upstream, means: 'is not served', raw: { is_ready: false }, listing: 'none' }
  }),
  { upstream: 'ambient', means: 'is served', raw: { is_ready: true }, listing: {} },
  { upstream: 'atlascloud', means: 'may be served', raw: { is_ready: null }, listing: {} },
  { upstream: 'groq', means: 'is not served', raw: { active: false }, listing: 'none' },
  { upstream: 'groq', means: 'is served', raw: { active: true }, listing: {} },
  {
    upstream: 'venice',
    means: 'is not served',
    raw: { model_spec: { offline: true } },
    listing: 'none',
  },
  {
    upstream: 'venice',
    means: 'is served as a beta',
    raw: { model_spec: { offline: false, betaModel: true } },
    listing: { fields: { stage: 'beta' } },
  },
  {
    upstream: 'together',
    means: 'is served on dedicated endpoints only',
    raw: { products: ['PRODUCT_DEDICATED'], serverlessEndpoint: null },
    listing: 'none',
  },
  {
    upstream: 'huggingface',
    means: 'has no price of a host that does not answer',
    raw: {
      providers: [
        { provider: 'down', status: 'error', pricing: { input: 9, output: 9 } },
        { provider: 'up', status: 'live', pricing: { input: 1, output: 2 } },
      ],
    },
    listing: { price: 'priced', amounts: { input: '1', output: '2' } },
  },
  {
    upstream: 'requesty',
    means: 'is a rule of routing and no model',
    raw: { id: 'policy/cheapest' },
    listing: 'none',
  },
  {
    upstream: 'portkey',
    means: 'is what all models share and none itself',
    raw: { id: 'default' },
    listing: 'none',
  },
  { upstream: 'cerebras', means: 'is deprecated', raw: { deprecated: true }, listing: deprecated },
  { upstream: 'cohere', means: 'is deprecated', raw: { is_deprecated: true }, listing: deprecated },
  {
    upstream: 'genai-prices',
    means: 'is deprecated',
    raw: { deprecated: true },
    listing: deprecated,
  },
  {
    upstream: 'neuralwatt',
    means: 'is deprecated',
    raw: { metadata: { deprecated: true } },
    listing: deprecated,
  },
  {
    upstream: 'digitalocean',
    means: 'is deprecated',
    raw: { lifecycle_status: 'end_of_life' },
    listing: deprecated,
  },
  {
    upstream: 'digitalocean',
    means: 'needs no word',
    raw: { lifecycle_status: 'active' },
    listing: { unknown: ['stage'] },
  },
]
