/** Every upstream that Plumbline knows, in alphabetical order. An adapter that is not here does not exist. */
import { ai21 } from './ai21.ts'
import { alibaba } from './alibaba.ts'
import { alibabaCn } from './alibaba-cn.ts'
import { anthropic } from './anthropic.ts'
import { atlascloud } from './atlascloud.ts'
import { avian } from './avian.ts'
import { baseten } from './baseten.ts'
import { cerebras } from './cerebras.ts'
import { chutes } from './chutes.ts'
import { cohere } from './cohere.ts'
import { cortecs } from './cortecs.ts'
import { databricks } from './databricks.ts'
import { deepinfra } from './deepinfra.ts'
import { deepseek } from './deepseek.ts'
import { digitalocean } from './digitalocean.ts'
import { featherless } from './featherless.ts'
import { fireworks } from './fireworks.ts'
import { friendli } from './friendli.ts'
import { genaiPrices } from './genai-prices.ts'
import { google } from './google.ts'
import { googleVertex } from './google-vertex.ts'
import { groq } from './groq.ts'
import { hyperbolic } from './hyperbolic.ts'
import { inception } from './inception.ts'
import { ioNet } from './io-net.ts'
import { litellm } from './litellm.ts'
import { llama } from './llama.ts'
import { meta } from './meta.ts'
import { minimax } from './minimax.ts'
import { mistral } from './mistral.ts'
import { modelsDev } from './models-dev.ts'
import { moonshotai } from './moonshotai.ts'
import { nebius } from './nebius.ts'
import { neuralwatt } from './neuralwatt.ts'
import { novita } from './novita.ts'
import { nscale } from './nscale.ts'
import { nvidia } from './nvidia.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { openrouter } from './openrouter.ts'
import { ovhcloud } from './ovhcloud.ts'
import { perplexity } from './perplexity.ts'
import { pioneer } from './pioneer.ts'
import { sambanova } from './sambanova.ts'
import { synthetic } from './synthetic.ts'
import { together } from './together.ts'
import { venice } from './venice.ts'
import { vllm } from './vllm.ts'
import { wandb } from './wandb.ts'
import { xai } from './xai.ts'
import { xiaomi } from './xiaomi.ts'
import { zai } from './zai.ts'
import type { Upstream } from './upstream.ts'

export const upstreams: readonly Upstream[] = [
  ai21,
  alibaba,
  alibabaCn,
  anthropic,
  atlascloud,
  avian,
  baseten,
  cerebras,
  chutes,
  cohere,
  cortecs,
  databricks,
  deepinfra,
  deepseek,
  digitalocean,
  featherless,
  fireworks,
  friendli,
  genaiPrices,
  google,
  googleVertex,
  groq,
  hyperbolic,
  inception,
  ioNet,
  litellm,
  llama,
  meta,
  minimax,
  mistral,
  modelsDev,
  moonshotai,
  nebius,
  neuralwatt,
  novita,
  nscale,
  nvidia,
  ollama,
  openai,
  openrouter,
  ovhcloud,
  perplexity,
  pioneer,
  sambanova,
  synthetic,
  together,
  venice,
  vllm,
  wandb,
  xai,
  xiaomi,
  zai,
]

export function findUpstream(id: string): Upstream | undefined {
  return upstreams.find((upstream) => upstream.id === id)
}
