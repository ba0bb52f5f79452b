/** How Catwalk names providers, which protocol they speak, and where: as crush knows them (2026-09). */
import type { CatalogProvider } from '../../catalog/model.ts'
import { aiSdkPackage } from './ai-sdk-packages.ts'

export interface CatwalkAddress {
  id: string
  type: string
  /** A variable's name after `$`, or empty: never a secret. */
  apiKey: string
  /** Absent: the protocol has its own. */
  apiEndpoint?: string
}

/** Where Catwalk's id is not the canonical one. Crush treats some of them in a way of their own. */
const ids: ReadonlyMap<string, string> = new Map([
  ['alibaba', 'alibaba-singapore'],
  ['amazon-bedrock', 'bedrock'],
  ['fireworks-ai', 'fireworks'],
  ['github-copilot', 'copilot'],
  ['google', 'gemini'],
  ['google-vertex', 'vertexai'],
  ['io-net', 'ionet'],
  ['kimi-for-coding', 'kimi-coding'],
  ['minimax-cn', 'minimax-china'],
  ['moonshotai', 'moonshot'],
  ['opencode', 'opencode-zen'],
  ['qiniu-ai', 'qiniucloud'],
  ['zhipuai', 'zhipu'],
  ['zhipuai-coding-plan', 'zhipu-coding'],
])

/** By the package with which the AI SDK reaches the provider; all others speak OpenAI's protocol. */
const types: ReadonlyMap<string, string> = new Map([
  ['@ai-sdk/openai', 'openai'],
  ['@ai-sdk/anthropic', 'anthropic'],
  ['@ai-sdk/google', 'google'],
  ['@ai-sdk/azure', 'azure'],
  ['@ai-sdk/amazon-bedrock', 'bedrock'],
  ['@ai-sdk/google-vertex', 'google-vertex'],
  ['@ai-sdk/gateway', 'vercel'],
  ['@openrouter/ai-sdk-provider', 'openrouter'],
])

/** What reaches these is no key: credentials of a cloud. */
const withoutKey: ReadonlySet<string> = new Set(['bedrock', 'google-vertex'])

/** Addresses that the protocol itself has; a variable can replace them. */
const endpoints: ReadonlyMap<string, string> = new Map([
  ['openai', '$OPENAI_API_ENDPOINT'],
  ['anthropic', '$ANTHROPIC_API_ENDPOINT'],
  ['google', '$GEMINI_API_ENDPOINT'],
  ['azure', '$AZURE_OPENAI_API_ENDPOINT'],
])

/** Providers that the AI SDK has packages for, whose OpenAI-compatible address models.dev does not repeat. */
const compatibleAddresses: ReadonlyMap<string, string> = new Map([
  ['cerebras', 'https://api.cerebras.ai/v1'],
  ['deepinfra', 'https://api.deepinfra.com/v1/openai'],
  ['groq', 'https://api.groq.com/openai/v1'],
  ['mistral', 'https://api.mistral.ai/v1'],
  ['openrouter', 'https://openrouter.ai/api/v1'],
  ['perplexity', 'https://api.perplexity.ai'],
  ['togetherai', 'https://api.together.xyz/v1'],
  ['venice', 'https://api.venice.ai/api/v1'],
  ['vercel', 'https://ai-gateway.vercel.sh/v1'],
  ['xai', 'https://api.x.ai/v1'],
])

/** Which of several variables crush asks for. Copilot's is got by signing in; GITHUB_TOKEN is another. */
const keys: ReadonlyMap<string, string> = new Map([
  ['azure', 'AZURE_OPENAI_API_KEY'],
  ['github-copilot', ''],
  ['google', 'GEMINI_API_KEY'],
])

/** Crush begins with the first provider of the list whose key is set: as Catwalk does, labs come first. */
export const firstProviders: readonly string[] = [
  'anthropic',
  'openai',
  'google',
  'azure',
  'amazon-bedrock',
  'google-vertex',
  'xai',
  'openrouter',
]

/** Undefined: nobody states an address, or it has parts that only its user knows. */
export function catwalkProvider(provider: CatalogProvider): CatwalkAddress | undefined {
  const { id, api, env } = provider
  const type = types.get(aiSdkPackage(provider)) ?? 'openai-compat'
  const address = api ?? compatibleAddresses.get(id) ?? endpoints.get(type)
  const needsAddress = !withoutKey.has(type)
  if (needsAddress && (address === undefined || address.includes('${'))) return undefined
  return {
    id: ids.get(id) ?? id,
    type,
    apiKey: withoutKey.has(type) ? '' : keyOf(id, env),
    ...(address === undefined ? {} : { apiEndpoint: endpointOf(type, address) }),
  }
}

/**
 * The variable that looks like a key; others name accounts and regions. Where none is stated, the usual
 * one. Crush expands it as a shell does, to which `$302AI_KEY` is the third argument and some text.
 */
function keyOf(id: string, env: readonly string[]): string {
  const usual = `${id.toUpperCase().replaceAll(/\W/g, '_')}_API_KEY`
  const stated = env.find((name) => /(KEY|TOKEN|PAT)$/.test(name)) ?? env[0]
  const name = keys.get(id) ?? stated ?? usual
  return /^[A-Z_]\w*$/i.test(name) ? `$${name}` : ''
}

/** Crush's client of Anthropic's protocol adds the version itself, that of the AI SDK does not. */
function endpointOf(type: string, address: string): string {
  return type === 'anthropic' ? address.replace(/\/v1\/?$/, '') : address
}
