/** The npm package with which the AI SDK reaches a provider: stated, else known by the id, else the general one. */
import type { CatalogProvider } from '../../catalog/model.ts'

const known: ReadonlyMap<string, string> = new Map([
  ['amazon-bedrock', '@ai-sdk/amazon-bedrock'],
  ['anthropic', '@ai-sdk/anthropic'],
  ['azure', '@ai-sdk/azure'],
  ['cerebras', '@ai-sdk/cerebras'],
  ['cohere', '@ai-sdk/cohere'],
  ['deepinfra', '@ai-sdk/deepinfra'],
  ['google', '@ai-sdk/google'],
  ['google-vertex', '@ai-sdk/google-vertex'],
  ['groq', '@ai-sdk/groq'],
  ['mistral', '@ai-sdk/mistral'],
  ['openai', '@ai-sdk/openai'],
  ['openrouter', '@openrouter/ai-sdk-provider'],
  ['perplexity', '@ai-sdk/perplexity'],
  ['togetherai', '@ai-sdk/togetherai'],
  ['vercel', '@ai-sdk/gateway'],
  ['xai', '@ai-sdk/xai'],
])

export function aiSdkPackage({ id, npm }: Pick<CatalogProvider, 'id' | 'npm'>): string {
  return npm ?? known.get(id) ?? '@ai-sdk/openai-compatible'
}
