/**
 * genai-prices' provider ids → the canonical ones (models.dev's). An id that is not here is taken as it
 * stands; the offline copy can only be asked for the ids that are here (genai-prices-offline.ts).
 */
export const genaiPricesProviders: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  arcee: 'arcee',
  avian: 'avian',
  aws: 'amazon-bedrock',
  azure: 'azure',
  baseten: 'baseten',
  cerebras: 'cerebras',
  cloudflare: 'cloudflare-workers-ai',
  cohere: 'cohere',
  cursor: 'cursor',
  deepseek: 'deepseek',
  doubleword: 'doubleword',
  fireworks: 'fireworks-ai',
  'github-copilot': 'github-copilot',
  google: 'google',
  groq: 'groq',
  huggingface_cerebras: 'huggingface',
  'huggingface_fireworks-ai': 'huggingface',
  huggingface_groq: 'huggingface',
  huggingface_hyperbolic: 'huggingface',
  huggingface_nebius: 'huggingface',
  huggingface_novita: 'huggingface',
  huggingface_nscale: 'huggingface',
  huggingface_ovhcloud: 'huggingface',
  huggingface_publicai: 'huggingface',
  huggingface_sambanova: 'huggingface',
  huggingface_together: 'huggingface',
  minimax: 'minimax',
  mistral: 'mistral',
  modal: 'modal',
  moonshotai: 'moonshotai',
  novita: 'novita-ai',
  openai: 'openai',
  openrouter: 'openrouter',
  ovhcloud: 'ovhcloud',
  perplexity: 'perplexity',
  quicksilverpro: 'quicksilverpro',
  together: 'togetherai',
  typesafe: 'typesafe',
  // LiteLLM's id: models.dev has none.
  voyageai: 'voyage',
  'x-ai': 'xai',
  zai: 'zai',
  zhipuai: 'zhipuai',
}

export interface CanonicalProvider {
  provider: string
  /** The host behind Hugging Face's router, which sells each model at the prices of several hosts. */
  host?: string
}

const routed = /^huggingface_(.+)$/

export function canonicalProvider(id: string): CanonicalProvider {
  const host = routed.exec(id)?.[1]
  if (host !== undefined) return { provider: 'huggingface', host }
  return {
    provider: Object.hasOwn(genaiPricesProviders, id) ? (genaiPricesProviders[id] ?? id) : id,
  }
}

/** The way back: how genai-prices would name a provider. Hugging Face's hosts have names of their own. */
export function genaiPricesId(provider: string): string {
  const known = Object.entries(genaiPricesProviders).find(
    ([id, canonical]) => canonical === provider && !routed.test(id),
  )
  return known?.[0] ?? provider
}
