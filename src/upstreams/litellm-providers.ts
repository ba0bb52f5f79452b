/**
 * LiteLLM's words for vendors (`litellm_provider`, and the prefix of its keys) and the canonical
 * provider ids, which are those of models.dev. A vendor that is not in the table keeps its own word in
 * lower case with `-` for `_`. Words seen from 2025-02 to 2026-07.
 */

interface Vendor {
  provider: string
  /** Values of `litellm_provider`; one that ends in `*` stands for all that begin so. */
  words: readonly string[]
  /** What keys begin with; where two keys would give one id, the earlier prefix has it. */
  prefixes: readonly string[]
  /** Keys in LiteLLM's own style carry no prefix. */
  bareKeys?: true
}

const vendors: readonly Vendor[] = [
  { provider: 'alibaba', words: ['dashscope'], prefixes: ['dashscope/'] },
  {
    provider: 'amazon-bedrock',
    words: ['bedrock', 'bedrock_*'],
    prefixes: ['bedrock/', 'bedrock_converse/', 'bedrock_mantle/'],
  },
  { provider: 'anthropic', words: ['anthropic'], prefixes: ['anthropic/'], bareKeys: true },
  { provider: 'azure', words: ['azure', 'azure_*'], prefixes: ['azure/', 'azure_ai/'] },
  { provider: 'cloudflare-workers-ai', words: ['cloudflare'], prefixes: ['cloudflare/'] },
  { provider: 'cohere', words: ['cohere', 'cohere_chat'], prefixes: ['cohere/', 'cohere_chat/'] },
  { provider: 'digitalocean', words: ['gradient_ai'], prefixes: ['gradient_ai/'] },
  {
    provider: 'fireworks-ai',
    words: ['fireworks_ai', 'fireworks_ai-*'],
    prefixes: ['fireworks_ai/'],
  },
  { provider: 'friendli', words: ['friendliai'], prefixes: ['friendliai/'] },
  { provider: 'gmicloud', words: ['gmi'], prefixes: ['gmi/'] },
  { provider: 'google', words: ['gemini', 'palm'], prefixes: ['gemini/', 'palm/'] },
  {
    provider: 'google-vertex-anthropic',
    words: ['vertex_ai-anthropic_models'],
    prefixes: ['vertex_ai/'],
  },
  { provider: 'google-vertex', words: ['vertex_ai', 'vertex_ai-*'], prefixes: ['vertex_ai/'] },
  { provider: 'llama', words: ['meta_llama'], prefixes: ['meta_llama/'] },
  { provider: 'moonshotai', words: ['moonshot'], prefixes: ['moonshot/'] },
  { provider: 'nova', words: ['amazon_nova'], prefixes: ['amazon-nova/'] },
  { provider: 'novita-ai', words: ['novita'], prefixes: ['novita/'] },
  { provider: 'nvidia', words: ['nvidia_nim'], prefixes: ['nvidia_nim/'] },
  {
    provider: 'openai',
    words: ['openai', 'text-completion-openai'],
    prefixes: ['openai/', 'text-completion-openai/'],
    bareKeys: true,
  },
  { provider: 'snowflake-cortex', words: ['snowflake'], prefixes: ['snowflake/'] },
  { provider: 'tencent-tokenhub', words: ['tencent'], prefixes: ['tencent/'] },
  { provider: 'togetherai', words: ['together_ai'], prefixes: ['together_ai/'] },
  { provider: 'vercel', words: ['vercel_ai_gateway'], prefixes: ['vercel_ai_gateway/'] },
]

const ownWord = /^[a-z0-9][a-z0-9._-]*$/

/** The canonical id of a vendor's word; undefined where the word cannot be an id at all. */
export function canonicalProvider(word: string): string | undefined {
  const known = vendors.find(({ words }) => words.includes(word)) ?? vendors.find(isFamilyOf(word))
  if (known) return known.provider
  const own = word.toLowerCase().replaceAll('_', '-')
  return ownWord.test(own) ? own : undefined
}

function isFamilyOf(word: string): (vendor: Vendor) => boolean {
  return ({ words }) =>
    words.some((pattern) => pattern.endsWith('*') && word.startsWith(pattern.slice(0, -1)))
}

/** The prefixes of a provider's keys, the preferred one first. */
export function keyPrefixes(provider: string, word: string): readonly string[] {
  return vendors.find((vendor) => vendor.provider === provider)?.prefixes ?? [`${word}/`]
}

/** The provider that a key's prefix names, for rows without `litellm_provider`; undefined for none. */
export function providerOfPrefix(key: string): string | undefined {
  return vendors.find(({ prefixes }) => prefixes.some((prefix) => key.startsWith(prefix)))?.provider
}

/** How LiteLLM would write a model that it does not list itself. */
export function litellmIdentity(
  provider: string,
  modelId: string,
): { key: string; litellmProvider: string } {
  const vendor = vendors.find((candidate) => candidate.provider === provider)
  const own = provider.replaceAll('-', '_')
  const prefix = vendor ? (vendor.prefixes[0] ?? '') : `${own}/`
  return {
    key: vendor?.bareKeys ? modelId : prefix + modelId,
    litellmProvider: vendor?.words[0] ?? own,
  }
}
