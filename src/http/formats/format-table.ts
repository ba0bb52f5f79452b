/** Every format of the whole catalog, in one table: routes, export, publication and documents follow it. */
import { catwalk } from './catwalk.ts'
import type { Format } from './format.ts'
import { genaiPrices } from './genai-prices.ts'
import { helicone } from './helicone.ts'
import { litellmMap, litellmOurs } from './litellm-map.ts'
import { litellmProxy } from './litellm-proxy.ts'
import { llmPrices, llmPricesHistorical } from './llm-prices.ts'
import { modelsDev } from './models-dev.ts'
import { modelsDevCatalog, modelsDevModels, modelsDevSchema } from './models-dev-metadata.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openrouter, openrouterEmbeddings } from './openrouter.ts'
import { portkey } from './portkey.ts'
import { vercel } from './vercel.ts'

export const formats: readonly Format[] = [
  modelsDev,
  modelsDevModels,
  modelsDevCatalog,
  modelsDevSchema,
  litellmMap,
  litellmOurs,
  litellmProxy,
  openai,
  openrouter,
  openrouterEmbeddings,
  catwalk,
  genaiPrices,
  vercel,
  helicone,
  ollama,
  portkey,
  llmPrices,
  llmPricesHistorical,
]
