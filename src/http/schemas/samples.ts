/** What the documentation shows, and calls with: a model that every list of prices has. */
export const sampleId = 'openai/gpt-4o'
export const otherSampleId = 'openai/gpt-4.1'

const at = '2026-08-03T06:00:04.120Z'

export const sampleModel = {
  id: sampleId,
  provider: 'openai',
  modelId: 'gpt-4o',
  name: 'GPT-4o',
  type: 'chat',
  family: 'gpt-4o',
  releaseDate: '2024-05-13',
  knowledgeCutoff: '2023-10-01',
  contextWindow: 128_000,
  maxOutputTokens: 16_384,
  inputModalities: ['text', 'image'],
  outputModalities: ['text'],
  vision: true,
  functionCalling: true,
  prices: {
    state: 'priced',
    currency: 'USD',
    components: [
      { meter: 'input', amount: '2.5' },
      { meter: 'output', amount: '10' },
      { meter: 'cache_read', amount: '1.25' },
      { meter: 'input', amount: '1.25', mode: 'batch' },
      { meter: 'output', amount: '5', mode: 'batch' },
    ],
    input: '2.5',
    output: '10',
    cacheRead: '1.25',
  },
  lifecycle: 'active',
  review: 'active',
  tiers: [],
  provenance: { name: 'models-dev', contextWindow: 'models-dev', 'price.input': 'models-dev' },
  conflicts: [],
  missingSince: null,
  retiredAt: null,
  createdAt: '2026-01-05T06:00:03.881Z',
  changedAt: at,
}

export const sampleHealth = {
  health: 'healthy',
  success_rate: 0.998,
  avg_latency_ms: 412,
  total_requests: 5120,
  last_verified_at: at,
  staleness_seconds: 655,
  listed_by: ['models-dev', 'openrouter'],
}

export const sampleBenchmark = {
  benchmark: 'artificial_analysis.coding_index',
  score: '24.2',
  unit: null,
  rank: null,
  upstream: 'openrouter',
  source: null,
  measuredAt: null,
  updatedAt: at,
}

export const sampleProvider = {
  id: 'openai',
  name: 'OpenAI',
  env: ['OPENAI_API_KEY'],
  npm: '@ai-sdk/openai',
  doc: 'https://platform.openai.com/docs/models',
  models: { active: 52, deprecated: 7, missing: 0, retired: 3 },
  ...sampleHealth,
}

export const sampleChange = {
  version: 1204,
  committedAt: at,
  id: sampleId,
  kind: 'updated',
  upstream: 'models-dev',
  runId: 3381,
  changes: [{ field: 'price.input', from: '5', to: '2.5' }],
}

export const sampleProblem = {
  type: 'urn:plumbline:error:invalid_argument',
  title: 'A value that was passed is not allowed.',
  status: 400,
  detail: 'limit: must be a whole number from 1 to 1000',
  code: 'invalid_argument',
  errors: [{ field: 'limit', message: 'must be a whole number from 1 to 1000' }],
  nextStep: 'The parameters of every path are at /docs.',
  requestId: 'b1f2a7d0-3c0e-4c58-9f63-0d6f1f0b7a11',
}
