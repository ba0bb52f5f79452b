/** Portkey's price files and whose models they list; the adapter reads them, the format writes them. */
import { fireworksId } from './fireworks-paths.ts'

/**
 * The files that are asked for, and whose models they list. Not asked for: providers that have closed
 * (anyscale, deepbricks, monsterapi, palm, predibase); files without prices (sagemaker, segmind) or with
 * few and by units that are not stated (deepgram, fal-ai), or all a hundred times too low (minimax, 2026);
 * further doors to models that another file has
 * (bedrock-mantle, claude-platform-aws, zhipu); OpenRouter, which is asked itself; google and byteplus,
 * whose rows are cut in two by the length of the prompt at a bound that is not the real one.
 */
export const providerOfFile: Readonly<Record<string, string>> = {
  ai21: 'ai21',
  anthropic: 'anthropic',
  'azure-ai': 'azure-cognitive-services',
  'azure-openai': 'azure',
  bedrock: 'amazon-bedrock',
  cerebras: 'cerebras',
  cohere: 'cohere',
  dashscope: 'alibaba',
  deepinfra: 'deepinfra',
  deepseek: 'deepseek',
  'fireworks-ai': 'fireworks-ai',
  groq: 'groq',
  jina: 'jina-ai',
  'lightning-ai': 'lightning-ai',
  'mistral-ai': 'mistral',
  moonshot: 'moonshotai',
  nebius: 'nebius',
  nomic: 'nomic',
  'novita-ai': 'novita-ai',
  openai: 'openai',
  oracle: 'oci',
  'perplexity-ai': 'perplexity',
  'reka-ai': 'reka-ai',
  'stability-ai': 'stability',
  'together-ai': 'togetherai',
  'vertex-ai': 'google-vertex',
  'workers-ai': 'cloudflare-workers-ai',
  'x-ai': 'xai',
  'z-ai': 'zai',
}

/** The id under which the provider serves what Portkey calls so. */
export function idOfPortkeyName(provider: string, name: string): string {
  return provider === 'fireworks-ai' ? fireworksId(name) : name
}
