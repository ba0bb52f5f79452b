/** Anchors of the gateways' own lists. */
import type { AnchorGroup, AnchorSource } from './anchors.ts'

const modelsDevOf = (day: string, provider: string): AnchorSource => ({
  upstream: 'models-dev',
  file: `models-dev/${day}.api.json.gz`,
  provider,
})
const litellmOf = (provider: string): AnchorSource => ({
  upstream: 'litellm',
  file: 'upstreams/litellm/series/2025-11-04.model_prices.json.gz',
  provider,
})

const cloudflare: AnchorSource = {
  upstream: 'cloudflare-ai-gateway',
  file: 'upstreams/cloudflare-ai-gateway/2025-12-23.models.json',
  provider: 'cloudflare-ai-gateway',
}
const requesty: AnchorSource = {
  upstream: 'requesty',
  file: 'upstreams/requesty/2025-07-25.requesty.json',
  provider: 'requesty',
}

export const gatewayAnchors: readonly AnchorGroup[] = [
  {
    of: cloudflare,
    second: modelsDevOf('2026-01-07', 'cloudflare-ai-gateway'),
    prices: [
      ['openai/gpt-5.2', { input: '1.75', output: '14' }],
      ['openai/gpt-4o', { input: '2.5', output: '10' }],
      ['anthropic/claude-opus-4-5', { input: '5', output: '25' }],
    ],
  },
  {
    of: cloudflare,
    // The bare name has its price in another unit, and models.dev lists all by bare names.
    second: modelsDevOf('2026-01-07', 'cloudflare-workers-ai'),
    prices: [
      [
        'workers-ai/llama-2-7b-chat-fp16',
        { input: '0.56', output: '6.67' },
        'llama-2-7b-chat-fp16',
      ],
      [
        'workers-ai/@cf/meta/llama-2-7b-chat-fp16',
        { input: '0.56', output: '6.67' },
        'llama-2-7b-chat-fp16',
      ],
      [
        'workers-ai/llama-3.1-8b-instruct',
        { input: '0.28', output: '0.83' },
        'llama-3.1-8b-instruct',
      ],
      ['workers-ai/@cf/openai/gpt-oss-120b', { input: '0.35', output: '0.75' }, 'gpt-oss-120b'],
    ],
  },
  {
    of: { upstream: 'kilo', file: 'upstreams/kilo/2025-07-25.kilo.json.gz', provider: 'kilo' },
    second: modelsDevOf('2025-08-06', 'openrouter'),
    prices: [
      [
        'anthropic/claude-opus-4',
        { input: '15', output: '75', cache_read: '1.5', cache_write: '18.75' },
      ],
      ['google/gemini-2.5-flash', { input: '0.3', output: '2.5' }],
      ['openai/gpt-4.1', { input: '2', output: '8', cache_read: '0.5' }],
      ['x-ai/grok-4', { input: '3', output: '15', cache_read: '0.75' }],
    ],
  },
  {
    of: {
      upstream: 'openrouter',
      file: 'upstreams/openrouter/series/2026-07-07.models.json.gz',
      provider: 'openrouter',
    },
    second: modelsDevOf('2026-07-01', 'openrouter'),
    prices: [
      ['openai/gpt-4o-mini', { input: '0.15', output: '0.6', cache_read: '0.075' }],
      ['openai/gpt-5', { input: '1.25', output: '10', cache_read: '0.125' }],
      [
        'anthropic/claude-sonnet-4.5',
        { input: '3', output: '15', cache_read: '0.3', cache_write: '3.75' },
      ],
      ['google/gemini-2.5-flash', { input: '0.3', output: '2.5', cache_read: '0.03' }],
    ],
  },
  {
    of: requesty,
    second: modelsDevOf('2025-08-06', 'google'),
    prices: [
      [
        'google/gemini-2.5-pro',
        { input: '1.25', output: '10', cache_read: '0.31' },
        'gemini-2.5-pro',
      ],
      [
        'google/gemini-2.5-flash-lite-preview-06-17',
        { input: '0.1', output: '0.4', cache_read: '0.025' },
        'gemini-2.5-flash-lite-preview-06-17',
      ],
    ],
  },
  {
    of: requesty,
    second: litellmOf('openai'),
    prices: [['openai/o3:flex', { input: '1', output: '4', cache_read: '0.25' }, 'o3;mode=flex']],
  },
  {
    of: requesty,
    second: litellmOf('deepinfra'),
    prices: [
      [
        'deepinfra/meta-llama/Llama-3.3-70B-Instruct',
        { input: '0.23', output: '0.4' },
        'meta-llama/Llama-3.3-70B-Instruct',
      ],
    ],
  },
  {
    of: {
      upstream: 'vercel-ai-gateway',
      file: 'upstreams/vercel-ai-gateway/2025-07-25.vercel.json',
      provider: 'vercel',
    },
    second: modelsDevOf('2025-08-06', 'vercel'),
    prices: [
      ['openai/o3', { input: '2', output: '8' }],
      ['openai/gpt-4o', { input: '2.5', output: '10' }],
      ['anthropic/claude-4-sonnet', { input: '3', output: '15' }],
      ['xai/grok-4', { input: '3', output: '15' }],
    ],
  },
]
