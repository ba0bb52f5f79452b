/** Prices of 0, −1 and null, and prices that are none. */
import type { Sentinel } from './sentinels.ts'

const unpriced = { price: 'unknown', amounts: {} } as const

const sku = (amount: string) => ({ sku: 'LLM input tokens (uncached)', amount, unit: '1M tokens' })

export const sentinelPrices: readonly Sentinel[] = [
  {
    upstream: 'openrouter',
    means: '−1 is the price of a router',
    raw: { pricing: { prompt: '-1', completion: '-1', request: '0' } },
    listing: { price: 'dynamic', amounts: {} },
  },
  {
    upstream: 'openrouter',
    means: '0 is free for tokens, and says nothing of what else could be paid',
    raw: { pricing: { prompt: '0', completion: '0', image: '0', web_search: '0' } },
    listing: { price: 'free', amounts: { input: '0', output: '0' } },
  },
  {
    upstream: 'kilo',
    means: '−1 and no parameters are a stub, which denies nothing',
    raw: { pricing: { prompt: '-1', completion: '-1' }, supported_parameters: [] },
    listing: { price: 'dynamic', unknown: ['functionCalling', 'reasoning', 'temperature'] },
  },
  {
    upstream: 'inception',
    means: '0 is a cache that there is not',
    raw: { pricing: { prompt: '0.00000025', completion: '0.00000075', input_cache_reads: '0' } },
    listing: {
      amounts: { input: '0.25', output: '0.75' },
      kept: { pricing: { input_cache_reads: '0' } },
    },
  },
  {
    upstream: 'llmgateway',
    means: '0 is a cache that nobody knows the price of',
    raw: { pricing: { prompt: '1e-6', completion: '2e-6', input_cache_read: '0' } },
    listing: {
      amounts: { input: '1', output: '2' },
      kept: { pricing: { input_cache_read: '0' } },
    },
  },
  {
    upstream: 'synthetic',
    means: '$0 is nothing to pay for, but for tokens',
    raw: { pricing: { prompt: '$0.00000055', completion: '$0', request: '$0', image: '$0' } },
    listing: {
      amounts: { input: '0.55', output: '0' },
      kept: { pricing: { request: '$0', image: '$0' } },
    },
  },
  {
    upstream: 'vercel-ai-gateway',
    means: '0 is a write to a cache that there is not',
    raw: { pricing: { input: '0.000001', output: '0.000002', input_cache_write: '0' } },
    listing: { amounts: { input: '1', output: '2' } },
  },
  {
    upstream: 'edenai',
    means: '0 is a cache that there is not, and the price of the account is not everybody’s',
    raw: {
      list_pricing: { input_cost_per_token: 1e-6, cache_read_input_token_cost: 0 },
      pricing: { input_cost_per_token: 9e-7 },
    },
    listing: {
      amounts: { input: '1' },
      kept: { list_pricing: { cache_read_input_token_cost: 0 } },
    },
  },
  {
    upstream: 'requesty',
    means: 'the price of the input stands in for a cache that there is not',
    raw: { input_price: 1e-6, output_price: 2e-6, cached_price: 1e-6, supports_caching: false },
    listing: { amounts: { input: '1', output: '2' }, fields: { promptCaching: false } },
  },
  {
    upstream: 'deepinfra',
    means: 'a multiple of 0 is a cache that there is not',
    raw: {
      model_name: 'one',
      pricing: { cents_per_input_token: 0.0001, rate_per_input_token_cached: 0 },
    },
    listing: { amounts: { input: '1' } },
  },
  {
    upstream: 'together',
    means: '0 for both ways is a model on dedicated hardware',
    raw: { type: 'chat', pricing: { input: 0, output: 0 } },
    listing: unpriced,
  },
  {
    upstream: 'cloudflare-ai-gateway',
    means: '0 is a price that is not known',
    raw: { cost_in: 0, cost_out: 0 },
    listing: unpriced,
  },
  {
    upstream: 'xai',
    means: '0 is a price that is not stated',
    raw: { prompt_text_token_price: 0, completion_text_token_price: 0 },
    listing: { ...unpriced, kept: { prompt_text_token_price: 0 } },
  },
  {
    upstream: 'portkey',
    means: '0 is a price that nobody wrote down',
    raw: { pricing_config: { pay_as_you_go: { request_token: { price: 0 } } } },
    listing: unpriced,
  },
  {
    upstream: 'sambanova',
    means: '0 for tokens stands beside the price of an hour',
    raw: { pricing: { prompt: '0.00', completion: '0.00', duration_per_hour: '0.10' } },
    listing: { amounts: { 'input_audio_time;unit=hour': '0.1' } },
  },
  {
    upstream: 'ovhcloud',
    means: '0 is free',
    raw: { pricing: { prompt: '0', completion: '0' } },
    listing: { price: 'free', amounts: { input: '0', output: '0' } },
  },
  {
    upstream: 'neuralwatt',
    means: 'a price that is to be determined is none',
    raw: {
      metadata: { pricing: { input_per_million: 0, output_per_million: 0, pricing_tbd: true } },
    },
    listing: { ...unpriced, kept: { metadata: { pricing: { pricing_tbd: true } } } },
  },
  {
    upstream: 'friendli',
    means: 'a price of seconds is none of tokens',
    raw: { pricing: { input: 2, output: 8, unit_type: 'SECOND' } },
    listing: { ...unpriced, kept: { pricing: { input: 2, unit_type: 'SECOND' } } },
  },
  {
    upstream: 'cortecs',
    means: 'an amount without a currency is no price',
    raw: { pricing: { input_token: 1, output_token: 2 } },
    listing: { ...unpriced, kept: { pricing: { input_token: 1, output_token: 2 } } },
  },
  {
    upstream: 'fireworks',
    means: 'a tier without a word has a price that nobody can ask for',
    raw: { pricing: [sku('1')], service_tiers: [{ service_tier: '', pricing: [sku('2')] }] },
    listing: { amounts: { input: '1' }, kept: { service_tiers: [{ pricing: [sku('2')] }] } },
  },
  {
    upstream: 'novita',
    means: '0 beside tiers is no price',
    raw: {
      input_token_price_per_m: 0,
      is_tiered_billing: true,
      tiered_billing_configs: [
        { min_tokens: 1, max_tokens: 256_000, pricing: { prompt: { price_per_m: 4000 } } },
      ],
    },
    listing: { amounts: { input: '0.4' } },
  },
  {
    upstream: 'io-net',
    means: 'null is unknown',
    raw: { input_token_price: null, output_token_price: null },
    listing: unpriced,
  },
  {
    upstream: 'avian',
    means: 'null is unknown',
    raw: { pricing: { input_per_million: null } },
    listing: unpriced,
  },
  {
    upstream: 'pioneer',
    means: 'null is unknown',
    raw: { input_price_per_million: null },
    listing: unpriced,
  },
]
