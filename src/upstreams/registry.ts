/** Every upstream that Plumbline knows, in alphabetical order. An adapter that is not here does not exist. */
import { genaiPrices } from './genai-prices.ts'
import { litellm } from './litellm.ts'
import { modelsDev } from './models-dev.ts'
import { ollama } from './ollama.ts'
import { openrouter } from './openrouter.ts'
import type { Upstream } from './upstream.ts'

export const upstreams: readonly Upstream[] = [genaiPrices, litellm, modelsDev, ollama, openrouter]

export function findUpstream(id: string): Upstream | undefined {
  return upstreams.find((upstream) => upstream.id === id)
}
