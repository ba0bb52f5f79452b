/** Anchors of the lists that know many providers, and of Portkey's files, one for each provider. */
import type { Anchor, AnchorGroup } from './anchors.ts'

const modelsDevInJuly = { upstream: 'models-dev', file: 'models-dev/2026-07-01.api.json.gz' }
const modelsDevInSeptember = { upstream: 'models-dev', file: 'models-dev/2026-09-04.api.json.gz' }
const litellmInJuly = {
  upstream: 'litellm',
  file: 'upstreams/litellm/series/2026-07-24.model_prices.json.gz',
}

const inJuly: readonly Anchor[] = [
  ['openai/gpt-4o', { input: '2.5', output: '10', cache_read: '1.25' }],
  ['openai/gpt-5', { input: '1.25', output: '10', cache_read: '0.125' }],
  ['openai/o3', { input: '2', output: '8', cache_read: '0.5' }],
  [
    'anthropic/claude-sonnet-4-5',
    { input: '3', output: '15', cache_read: '0.3', cache_write: '3.75' },
  ],
  [
    'google/gemini-2.5-pro',
    {
      input: '1.25',
      output: '10',
      cache_read: '0.125',
      'input;tier=200000': '2.5',
      'output;tier=200000': '15',
      'cache_read;tier=200000': '0.25',
    },
  ],
  ['mistral/mistral-large-2411', { input: '2', output: '6' }],
]

export const aggregatorAnchors: readonly AnchorGroup[] = [
  { of: litellmInJuly, second: modelsDevInJuly, prices: inJuly },
  { of: modelsDevInJuly, second: litellmInJuly, prices: inJuly },
  {
    of: { upstream: 'genai-prices', file: 'upstreams/genai-prices/2026-08-21.v2.data.json' },
    second: modelsDevInSeptember,
    prices: [
      ['openai/gpt-4o', { input: '2.5', output: '10', cache_read: '1.25' }],
      ['openai/gpt-4o-mini', { input: '0.15', output: '0.6', cache_read: '0.075' }],
      ['openai/gpt-5', { input: '1.25', output: '10', cache_read: '0.125' }],
      ['openai/gpt-4.1-mini', { input: '0.4', output: '1.6', cache_read: '0.1' }],
      [
        'google/gemini-2.5-flash',
        { input: '0.3', output: '2.5', cache_read: '0.03', input_audio: '1' },
      ],
    ],
  },
  portkey('openai', 'openai', [
    ['gpt-4o', { input: '2.5', output: '10', cache_read: '1.25' }],
    ['gpt-5', { input: '1.25', output: '10', cache_read: '0.125' }],
    ['o3', { input: '2', output: '8', cache_read: '0.5' }],
  ]),
  portkey('anthropic', 'anthropic', [
    ['claude-opus-5', { input: '5', output: '25', cache_read: '0.5', cache_write: '6.25' }],
    ['claude-sonnet-4-6', { input: '3', output: '15', cache_read: '0.3', cache_write: '3.75' }],
  ]),
  portkey('mistral-ai', 'mistral', [
    ['codestral-latest', { input: '0.3', output: '0.9' }],
    ['open-mistral-nemo', { input: '0.15', output: '0.15' }],
  ]),
  portkey('groq', 'groq', [
    ['openai/gpt-oss-120b', { input: '0.15', output: '0.6' }],
    ['openai/gpt-oss-20b', { input: '0.075', output: '0.3' }],
  ]),
  portkey('perplexity-ai', 'perplexity', [
    ['sonar', { input: '1', output: '1' }],
    ['sonar-pro', { input: '3', output: '15' }],
  ]),
]

function portkey(name: string, provider: string, prices: readonly Anchor[]): AnchorGroup {
  return {
    of: { upstream: 'portkey', file: `upstreams/portkey/pricing/${name}.json.gz`, provider },
    second: { ...modelsDevInSeptember, provider },
    prices,
  }
}
