/** Anchors of the inference hosts' own lists. */
import type { Anchor, AnchorGroup } from './anchors.ts'

export const hostAnchors: readonly AnchorGroup[] = [
  // Until 2025-08 Chutes asked the same for both ways, and OpenRouter cut most of it to three decimals.
  chutes('2025-07-25.chutes.json', '2025-07-25.openrouter.json.gz', [
    [
      'TheDrummer/Skyfall-36B-v2',
      { input: '0.01512', output: '0.01512' },
      'thedrummer/skyfall-36b-v2',
    ],
  ]),
  chutes('2025-08-02.models.json', 'series/2025-08-04.models.json.gz', [
    [
      'TheDrummer/Skyfall-36B-v2',
      { input: '0.0728', output: '0.0728' },
      'thedrummer/skyfall-36b-v2',
    ],
    [
      'cognitivecomputations/Dolphin3.0-Mistral-24B',
      { input: '0.056', output: '0.056' },
      'cognitivecomputations/dolphin3.0-mistral-24b',
    ],
  ]),
  inModelsDev('deepinfra/2026-03-01.models.json', '2026-03-04', 'deepinfra', [
    ['deepseek-ai/DeepSeek-V3.2', { input: '0.26', output: '0.38', cache_read: '0.13' }],
    ['deepseek-ai/DeepSeek-R1-0528', { input: '0.5', output: '2.15', cache_read: '0.35' }],
    ['Qwen/Qwen3-Coder-480B-A35B-Instruct', { input: '0.4', output: '1.6' }],
    ['moonshotai/Kimi-K2-Thinking', { input: '0.47', output: '2' }],
  ]),
  inModelsDev('together/2025-07-25.together.json', '2025-08-06', 'togetherai', [
    ['deepseek-ai/DeepSeek-R1', { input: '3', output: '7' }],
    ['deepseek-ai/DeepSeek-V3', { input: '1.25', output: '1.25' }],
    ['meta-llama/Llama-3.3-70B-Instruct-Turbo', { input: '0.88', output: '0.88' }],
    ['moonshotai/Kimi-K2-Instruct', { input: '1', output: '3' }],
  ]),
  inModelsDev('venice/2025-07-25.venice.json', '2025-08-06', 'venice', [
    ['deepseek-r1-671b', { input: '3.5', output: '14' }],
    ['llama-3.1-405b', { input: '1.5', output: '6' }],
    ['qwen3-4b', { input: '0.15', output: '0.6' }],
    ['venice-uncensored', { input: '0.5', output: '2' }],
  ]),
  inLitellm('novita/2025-07-25.novita.json', '2026-02-02', 'novita-ai', [
    ['deepseek/deepseek-prover-v2-671b', { input: '0.7', output: '2.5' }],
    ['baidu/ernie-4.5-vl-424b-a47b', { input: '0.42', output: '1.25' }],
    ['baidu/ernie-4.5-300b-a47b-paddle', { input: '0.28', output: '1.1' }],
  ]),
  inLitellm('sambanova/2025-07-25.sambanova.json', '2025-08-05', 'sambanova', [
    ['DeepSeek-V3-0324', { input: '3', output: '4.5' }],
    ['Llama-4-Maverick-17B-128E-Instruct', { input: '0.63', output: '1.8' }],
    ['Meta-Llama-3.1-8B-Instruct', { input: '0.1', output: '0.2' }],
  ]),
]

function chutes(file: string, listOfOpenrouter: string, prices: readonly Anchor[]): AnchorGroup {
  return {
    of: { upstream: 'chutes', file: `upstreams/chutes/${file}`, provider: 'chutes' },
    second: {
      upstream: 'openrouter',
      file: `upstreams/openrouter/${listOfOpenrouter}`,
      provider: 'openrouter',
    },
    prices,
  }
}

function inModelsDev(
  file: string,
  day: string,
  provider: string,
  prices: readonly Anchor[],
): AnchorGroup {
  return {
    of: { upstream: folderOf(file), file: `upstreams/${file}`, provider },
    second: { upstream: 'models-dev', file: `models-dev/${day}.api.json.gz`, provider },
    prices,
  }
}

function inLitellm(
  file: string,
  day: string,
  provider: string,
  prices: readonly Anchor[],
): AnchorGroup {
  const map = `upstreams/litellm/series/${day}.model_prices.json.gz`
  return {
    of: { upstream: folderOf(file), file: `upstreams/${file}`, provider },
    second: { upstream: 'litellm', file: map, provider },
    prices,
  }
}

/** Recorded payloads lie in folders named after their upstream. */
function folderOf(file: string): string {
  return file.split('/')[0] ?? ''
}
