/** Every upstream that Plumbline knows, in alphabetical order. An adapter that is not here does not exist. */
import { ai21 } from './ai21.ts'
import { aihubmix } from './aihubmix.ts'
import { alibaba } from './alibaba.ts'
import { alibabaCn } from './alibaba-cn.ts'
import { ambient } from './ambient.ts'
import { anthropic } from './anthropic.ts'
import { atlascloud } from './atlascloud.ts'
import { avian } from './avian.ts'
import { baseten } from './baseten.ts'
import { cerebras } from './cerebras.ts'
import { chutes } from './chutes.ts'
import { cloudflareAiGateway } from './cloudflare-ai-gateway.ts'
import { cloudflareWorkersAi } from './cloudflare-workers-ai.ts'
import { cohere } from './cohere.ts'
import { cortecs } from './cortecs.ts'
import { databricks } from './databricks.ts'
import { deepinfra } from './deepinfra.ts'
import { deepseek } from './deepseek.ts'
import { digitalocean } from './digitalocean.ts'
import { edenai } from './edenai.ts'
import { featherless } from './featherless.ts'
import { fireworks } from './fireworks.ts'
import { friendli } from './friendli.ts'
import { genaiPrices } from './genai-prices.ts'
import { githubCopilot } from './github-copilot.ts'
import { githubModels } from './github-models.ts'
import { google } from './google.ts'
import { googleVertex } from './google-vertex.ts'
import { groq } from './groq.ts'
import { helicone } from './helicone.ts'
import { huggingface } from './huggingface.ts'
import { hyperbolic } from './hyperbolic.ts'
import { inception } from './inception.ts'
import { ioNet } from './io-net.ts'
import { jiekou } from './jiekou.ts'
import { kilo } from './kilo.ts'
import { litellm } from './litellm.ts'
import { litellmProxy } from './litellm-proxy.ts'
import { llama } from './llama.ts'
import { llmgateway } from './llmgateway.ts'
import { meta } from './meta.ts'
import { minimax } from './minimax.ts'
import { mistral } from './mistral.ts'
import { modelsDev } from './models-dev.ts'
import { moonshotai } from './moonshotai.ts'
import { nanoGpt } from './nano-gpt.ts'
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
import { portkey } from './portkey.ts'
import { requesty } from './requesty.ts'
import { sambanova } from './sambanova.ts'
import { shengsuanyun } from './shengsuanyun.ts'
import { synthetic } from './synthetic.ts'
import { together } from './together.ts'
import { unbound } from './unbound.ts'
import { venice } from './venice.ts'
import { vercelAiGateway } from './vercel-ai-gateway.ts'
import { vllm } from './vllm.ts'
import { wandb } from './wandb.ts'
import { xai } from './xai.ts'
import { xiaomi } from './xiaomi.ts'
import { zai } from './zai.ts'
import { zenmux } from './zenmux.ts'
import type { Upstream } from './upstream.ts'

export const upstreams: readonly Upstream[] = [
  ai21,
  aihubmix,
  alibaba,
  alibabaCn,
  ambient,
  anthropic,
  atlascloud,
  avian,
  baseten,
  cerebras,
  chutes,
  cloudflareAiGateway,
  cloudflareWorkersAi,
  cohere,
  cortecs,
  databricks,
  deepinfra,
  deepseek,
  digitalocean,
  edenai,
  featherless,
  fireworks,
  friendli,
  genaiPrices,
  githubCopilot,
  githubModels,
  google,
  googleVertex,
  groq,
  helicone,
  huggingface,
  hyperbolic,
  inception,
  ioNet,
  jiekou,
  kilo,
  litellm,
  litellmProxy,
  llama,
  llmgateway,
  meta,
  minimax,
  mistral,
  modelsDev,
  moonshotai,
  nanoGpt,
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
  portkey,
  requesty,
  sambanova,
  shengsuanyun,
  synthetic,
  together,
  unbound,
  venice,
  vercelAiGateway,
  vllm,
  wandb,
  xai,
  xiaomi,
  zai,
  zenmux,
]

export function findUpstream(id: string): Upstream | undefined {
  return upstreams.find((upstream) => upstream.id === id)
}
