import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseModelOf, type BaseModel } from '../../src/catalog/base-model.ts'
import { isMaker } from '../../src/catalog/makers.ts'
import { parseModelKey } from '../../src/catalog/model.ts'

function of(id: string, baseModel?: string): BaseModel {
  return baseModelOf({ ...(parseModelKey(id) ?? { provider: '', modelId: id }), baseModel })
}

/** Ids of real payloads; those of a line are one model, and no two lines are the same. */
const sameModels: readonly (readonly [base: string, variant: string, ...ids: string[]])[] = [
  [
    'anthropic/claude-sonnet-4-5',
    '',
    'anthropic/claude-sonnet-4-5',
    'openrouter/anthropic/claude-sonnet-4.5',
    'google-vertex/claude-sonnet-4-5@default',
    'databricks/databricks-claude-sonnet-4-5',
    'digitalocean/anthropic-claude-4.5-sonnet',
    'requesty/claude-sonnet-4-5@eu',
  ],
  [
    'anthropic/claude-sonnet-4-5',
    '20250929',
    'anthropic/claude-sonnet-4-5-20250929',
    'amazon-bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'google-vertex/claude-sonnet-4-5@20250929',
    'google-vertex/claude-sonnet-4-5-20250929',
  ],
  ['anthropic/claude-sonnet-4-5', 'thinking', 'kilo/anthropic/claude-sonnet-4.5:thinking'],
  [
    'anthropic/claude-sonnet-3-5',
    '20241022',
    'anthropic/claude-3-5-sonnet-20241022',
    'amazon-bedrock/anthropic.claude-3-5-sonnet-20241022-v2:0',
  ],
  ['anthropic/claude-sonnet-4', '', 'vercel/anthropic/claude-4-sonnet', 'x/claude-sonnet-4-0'],
  ['anthropic/claude-opus-4-6', '', 'amazon-bedrock/eu.anthropic.claude-opus-4-6-v1'],
  ['anthropic/claude-opus-4-6-fast', '', 'openrouter/anthropic/claude-opus-4.6-fast'],
  ['stealth/claude-opus-4-6', '', 'kilo/stealth/claude-opus-4.6'],
  ['openai/gpt-4o', '', 'openai/gpt-4o', 'github-models/openai/gpt-4o', 'poe/openai/GPT-4o'],
  ['openai/gpt-4o', '20240806', 'openai/gpt-4o-2024-08-06', 'azure/gpt-4o-2024-08-06'],
  ['openai/gpt-4o', 'extended', 'openrouter/openai/gpt-4o:extended'],
  ['openai/gpt-4o-mini', '', 'openai/gpt-4o-mini', 'venice/openai-gpt-4o-mini'],
  ['openai/gpt-4', '0613', 'openai/gpt-4-0613'],
  ['openai/gpt-3-5-turbo', '', 'openai/gpt-3.5-turbo', 'azure/gpt-35-turbo'],
  ['openai/gpt-5-2', '', 'openai/gpt-5.2', 'venice/openai-gpt-52', 'neon/gpt-5-2'],
  ['openai/gpt-5-2-chat', '', 'openai/gpt-5.2-chat-latest', 'azure/gpt-5.2-chat'],
  ['openai/gpt-oss-120b', '', 'ollama-cloud/gpt-oss:120b', 'google-vertex/gpt-oss-120b-maas'],
  ['openai/gpt-oss-120b', 'tee', 'nano-gpt/TEE/gpt-oss-120b', 'chutes/openai/gpt-oss-120b-TEE'],
  ['high/1024-x-1024/gpt-image-1', '', 'openai/high/1024-x-1024/gpt-image-1'],
  ['low/1024-x-1024/gpt-image-1', '', 'openai/low/1024-x-1024/gpt-image-1'],
  [
    'deepseek/deepseek-v3',
    '',
    'togetherai/deepseek-ai/DeepSeek-V3',
    'fireworks-ai/accounts/fireworks/models/deepseek-v3',
    'nebius/deepseek-ai/DeepSeek-V3',
  ],
  [
    'deepseek/deepseek-v3',
    '0324',
    'nebius/deepseek-ai/DeepSeek-V3-0324',
    'openrouter/deepseek/deepseek-chat-v3-0324',
  ],
  ['deepseek/deepseek-r1', '', 'amazon-bedrock/us.deepseek.r1-v1:0', 'azure/DeepSeek-R1'],
  // What DeepSeek calls so has changed with every release; elsewhere it is whatever it was then.
  ['deepseek/deepseek-chat', '', 'deepseek/deepseek-chat'],
  ['openrouter/deepseek-chat', '', 'openrouter/deepseek/deepseek-chat'],
  ['mistral/mistral-large', '2411', 'mistral/mistral-large-2411', 'azure/Mistral-Large-2411'],
  ['mistral/mistral-large', 'latest', 'mistral/mistral-large-latest'],
  ['azure/mistral-large', 'latest', 'azure/mistral-large-latest'],
  ['mistral/mistral-7b-instruct-v0-2', '', 'amazon-bedrock/mistral.mistral-7b-instruct-v0:2'],
  [
    'meta/llama-3-1-8b-instruct',
    '',
    'amazon-bedrock/meta.llama3-1-8b-instruct-v1:0',
    'fireworks-ai/accounts/fireworks/models/llama-v3p1-8b-instruct',
    'deepinfra/meta-llama/Meta-Llama-3.1-8B-Instruct',
    'ovhcloud/Meta-Llama-3_1-8B-Instruct',
    'cloudflare-workers-ai/@cf/meta/llama-3.1-8b-instruct',
  ],
  ['meta/llama-3-1-8b-instruct', 'fp8-fast', 'x/@cf/meta/llama-3.1-8b-instruct-fp8-fast'],
  ['meta/llama-3-1-8b-instruct', 'free', 'openrouter/meta-llama/llama-3.1-8b-instruct:free'],
  ['meta/llama-3-1-8b', '', 'ollama/llama3.1:8b'],
  ['someone/llama-3-1-8b-instruct', '', 'featherless/someone/Llama-3.1-8B-Instruct'],
  ['nvidia/llama-3-1-nemotron-70b-instruct', '', 'x/nvidia/Llama-3.1-Nemotron-70B-Instruct'],
  ['moonshotai/kimi-k2', '0905', 'groq/moonshotai/kimi-k2-instruct-0905', 'vercel/kimi-k2-0905'],
  ['moonshotai/kimi-k2-thinking', '', 'novita-ai/moonshotai/kimi-k2-thinking'],
  [
    'moonshotai/kimi-k2-6',
    '',
    'fireworks-ai/accounts/fireworks/models/kimi-k2p6',
    'clarifai/moonshotai/chat-completion/models/Kimi-K2_6',
    'llmgateway-providers/baidu/kimi-k2.6',
    'alibaba-cn/kimi/kimi-k2.6',
  ],
  ['zhipuai/glm-5-1', '', 'zhipuai/GLM-5.1', 'zai/glm-5.1', 'synthetic/hf:zai-org/GLM-5.1'],
  ['zhipuai/glm-5-1', 'fp8', 'vultr/zai-org/GLM-5.1-FP8'],
  ['cohere/command-r-plus', '202408', 'cohere/command-r-plus-08-2024'],
  ['google/gemini-2-0-flash', '001', 'openrouter/google/gemini-2.0-flash-001'],
  ['google/gemini-1-5-flash', '', 'openrouter/google/gemini-flash-1.5', 'google/gemini-1.5-flash'],
  ['google/gemini-2-5-flash-preview', '0520', 'google/gemini-2.5-flash-preview-05-20'],
  ['alibaba/qwen-3-32b', '', 'huggingface/Qwen/Qwen3-32B:groq', 'groq/qwen/qwen3-32b'],
  ['minimax/minimax-m2-5', '', 'venice/minimax-m25', 'minimax/MiniMax-M2.5'],
  ['amazon/nova-lite', '', 'amazon-bedrock/us.amazon.nova-lite-v1:0', 'kilo/amazon/nova-lite-v1'],
  // There is a second one, and `titan-embed-text` may be either.
  ['amazon/titan-embed-text-v1', '', 'amazon-bedrock/amazon.titan-embed-text-v1'],
  ['amazon/titan-embed-text-v2', '', 'amazon-bedrock/amazon.titan-embed-text-v2:0'],
  ['amazon/titan-embed-text', '', 'sap-ai-core/amazon--titan-embed-text'],
  ['kilo/auto', '', 'kilo/openrouter/auto'],
  ['openrouter/auto', '', 'openrouter/openrouter/auto'],
  ['tavily/search', '', 'tavily/search'],
]

describe('baseModelOf', () => {
  it.each(sameModels.flatMap(([base, variant, ...ids]) => ids.map((id) => [id, base, variant])))(
    '%s is %s %s',
    (id, base, variant) => {
      expect(of(id)).toEqual({ base, variant })
    },
  )

  it('tells every line from every other', () => {
    const lines = sameModels.map(([base, variant]) => `${base} ${variant}`)
    expect(new Set(lines).size).toBe(lines.length)
  })

  it('takes what is stated for granted, and reads it as it reads ids', () => {
    const stated = { base: 'anthropic/claude-sonnet-4-5', variant: '' }
    expect(of('azure/my-deployment', 'anthropic/claude-sonnet-4.5')).toEqual(stated)
    expect(of('kilo/x:free', 'anthropic/claude-sonnet-4-5')).toEqual(stated)
    expect(of('x/y', 'anthropic/claude-sonnet-4-5-20250929').variant).toBe('20250929')
    expect(of('openrouter/deepseek/deepseek-chat', 'deepseek/deepseek-chat')).toEqual(
      of('deepseek/deepseek-chat'),
    )
    expect(of('x/gpt-5', 'somebody/my-model').base).toBe('somebody/my-model')
  })
})

const id = fc
  .tuple(
    fc.constantFrom('openai', 'azure', 'router', 'deepseek'),
    fc.oneof(
      fc.string({ minLength: 1, maxLength: 40 }),
      fc
        .array(
          fc.constantFrom(
            ...'gpt 4 5 o claude sonnet 2025-08-07 fp8 - . / : @ free v1 :0 p'.split(' '),
          ),
          {
            minLength: 1,
            maxLength: 9,
          },
        )
        .map((parts) => parts.join('')),
      fc.constantFrom(...sameModels.flatMap(([, , ...ids]) => ids)),
    ),
  )
  .map(([provider, modelId]) => ({ provider, modelId }))

describe('any id', () => {
  it('is one model, however its letters are written', () => {
    fc.assert(
      fc.property(id, ({ provider, modelId }) => {
        const upper = modelId.toUpperCase()
        fc.pre(upper.toLowerCase() === modelId.toLowerCase())
        expect(baseModelOf({ provider, modelId: upper })).toEqual(
          baseModelOf({ provider, modelId }),
        )
      }),
    )
  })

  it('has a name: two that have none are not the same', () => {
    fc.assert(
      fc.property(id, (one) => {
        expect(baseModelOf(one).base).toMatch(/^[^/]*\/(.|\n)/u)
      }),
    )
    expect(of('x/***').base).not.toBe(of('x/+++').base)
  })

  it('is a base again when its base is stated', () => {
    const ofMakers = sameModels.filter(([base]) => isMaker(base.split('/')[0] ?? ''))
    for (const [base] of ofMakers) expect(of('x/y', base)).toEqual({ base, variant: '' })
  })

  it('is another variant of the same base for each day and each tier', () => {
    const name = fc.constantFrom('gpt-4o', 'claude-sonnet-4-5', 'grok-4', 'qwen3-max', 'unheard-of')
    const ends = fc.constantFrom(
      '',
      '-2025-08-07',
      '-2025-08-08',
      '-0709',
      ':free',
      ':batch',
      '-fp8',
    )
    fc.assert(
      fc.property(name, ends, ends, (named, a, b) => {
        const [one, other] = [of(`x/${named}${a}`), of(`x/${named}${b}`)]
        expect(one.base).toBe(other.base)
        expect(one.variant === other.variant).toBe(a === b)
      }),
    )
  })

  it('is the same by whatever way', () => {
    const ways = fc.constantFrom('openrouter', 'accounts/fireworks/models', '@cf', 'azure')
    fc.assert(
      fc.property(ways, fc.constantFrom('gpt-4o', 'qwen/qwen3-32b', 'some/model'), (way, id) => {
        expect(of(`x/${way}/${id}`)).toEqual(of(`x/${id}`))
      }),
    )
  })
})
