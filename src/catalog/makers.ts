/**
 * Who made a model. A maker's word stands before the `/` (or `.`, at Bedrock) of an id, is a provider's
 * own id, or is left out where the name tells it: only one lab calls its models `claude`. Words seen in
 * the payloads of all upstreams up to 2026-09. The ids are those of models.dev's `models.json`.
 */

interface Maker {
  maker: string
  /** Other words for it, and the ids of providers that are its own, with a space between. */
  words?: string
  /** What its names, and nobody else's, begin with; more follows after a `-` or a digit. */
  families?: string
}

const makers: readonly Maker[] = [
  { maker: '01-ai', words: 'zero-one-ai', families: 'yi' },
  { maker: 'ai21', words: 'ai21-labs ai21labs', families: 'jamba' },
  {
    maker: 'alibaba',
    words: 'qwen qwenlm dashscope bailian alibaba-cn wan-ai',
    families: 'qwen qwq qvq wan happyhorse',
  },
  { maker: 'allenai', families: 'olmo molmo' },
  {
    maker: 'amazon',
    words: 'nova',
    families: 'nova-micro nova-lite nova-pro nova-premier nova-2-lite titan',
  },
  { maker: 'anthropic', families: 'claude' },
  { maker: 'arcee-ai', words: 'arcee arcee_ai' },
  { maker: 'baai', families: 'bge' },
  { maker: 'baidu', words: 'paddlepaddle', families: 'ernie' },
  { maker: 'bigcode', families: 'starcoder' },
  { maker: 'black-forest-labs', words: 'bfl', families: 'flux' },
  {
    maker: 'bytedance',
    words: 'bytedance-seed bytedance-research volcengine byteplus',
    families: 'doubao seedream seedance seed-1 seed-2 seed-oss',
  },
  {
    maker: 'cohere',
    words: 'coherelabs cohereforai',
    families:
      'command aya embed-english embed-multilingual embed-v rerank-english rerank-multilingual rerank-v',
  },
  { maker: 'cognitivecomputations', families: 'dolphin' },
  { maker: 'databricks', families: 'dbrx' },
  { maker: 'deepcogito', families: 'cogito' },
  { maker: 'deepseek', words: 'deepseek-ai', families: 'deepseek' },
  {
    maker: 'google',
    words: 'google-ai-studio gemini palm',
    families:
      'gemini gemma imagen veo medgemma codegemma nano-banana text-embedding-00 text-multilingual-embedding deep-research-pro',
  },
  { maker: 'ibm', words: 'ibm-granite', families: 'granite' },
  { maker: 'inception', words: 'inceptionlabs', families: 'mercury' },
  { maker: 'inclusionai', families: 'ling ring' },
  { maker: 'jina-ai', words: 'jina jinaai', families: 'jina' },
  { maker: 'kwaipilot', words: 'kuaishou', families: 'kat-coder' },
  { maker: 'liquid', words: 'liquidai', families: 'lfm' },
  { maker: 'meituan', words: 'longcat', families: 'longcat' },
  {
    maker: 'meta',
    words: 'meta-llama meta-models llama facebook',
    families: 'llama codellama muse',
  },
  { maker: 'microsoft', families: 'phi wizardlm mai-ds mai-image' },
  { maker: 'minimax', words: 'minimaxai minimax-cn', families: 'minimax' },
  {
    maker: 'mistral',
    words: 'mistralai mistral-ai nv-mistralai',
    families:
      'mistral mixtral ministral pixtral codestral devstral magistral voxtral mamba-codestral open-mistral open-mixtral leanstral labs-devstral',
  },
  {
    maker: 'moonshotai',
    words: 'moonshot moonshot-ai moonshotai-cn kimi',
    families: 'kimi moonshot',
  },
  { maker: 'nomic-ai', words: 'nomic', families: 'nomic-embed' },
  { maker: 'nousresearch', families: 'hermes nous-hermes deephermes' },
  { maker: 'nvidia', families: 'nemotron nvidia-nemotron llama-3-1-nemotron llama-3-3-nemotron' },
  {
    maker: 'openai',
    families:
      'gpt chatgpt o-1 o-3 o-4 codex dall-e whisper sora tts-1 text-ada text-babbage text-curie text-davinci text-moderation davinci babbage text-embedding-3 text-embedding-ada omni-moderation computer-use-preview',
  },
  { maker: 'opengvlab', families: 'internvl' },
  {
    maker: 'perplexity',
    words: 'perplexity-ai perplexityai',
    families: 'sonar r-1-1776 llama-3-sonar llama-3-1-sonar',
  },
  { maker: 'poolside', families: 'laguna' },
  { maker: 'primeintellect', words: 'prime-intellect', families: 'intellect' },
  { maker: 'rekaai', words: 'reka reka-ai', families: 'reka' },
  { maker: 'stepfun', words: 'stepfun-ai', families: 'step' },
  { maker: 'tencent', words: 'hunyuan', families: 'hunyuan hy-3 hy-4' },
  { maker: 'sakana', families: 'fugu' },
  { maker: 'sarvamai', words: 'sarvam', families: 'sarvam' },
  {
    maker: 'stability',
    words: 'stabilityai stability-ai',
    families: 'stable-diffusion stable-image',
  },
  { maker: 'swiss-ai', families: 'apertus' },
  { maker: 'thinkingmachines', families: 'inkling' },
  { maker: 'tngtech', families: 'deepseek-r1t deepseek-r1t2 deepseek-tng' },
  { maker: 'twelvelabs' },
  { maker: 'upstage', families: 'solar' },
  { maker: 'vercel', words: 'v0', families: 'v-0' },
  { maker: 'voyage', words: 'voyageai voyage-ai', families: 'voyage' },
  { maker: 'writer', families: 'palmyra' },
  { maker: 'xai', words: 'x-ai spacexai grok', families: 'grok' },
  { maker: 'xiaomi', words: 'xiaomimimo', families: 'mimo' },
  {
    maker: 'zhipuai',
    words: 'zhipu zai z-ai zai-org thudm',
    families: 'glm chatglm cogview cogvideox codegeex',
  },
]

function split(words = ''): string[] {
  return words === '' ? [] : words.split(' ')
}

const byWord: ReadonlyMap<string, string> = new Map(
  makers.flatMap(({ maker, words }) =>
    [maker, ...split(words)].map((word) => [word, maker] as const),
  ),
)

/** Longest first: `llama-3-1-nemotron` is not Meta's. */
const byFamily: readonly { family: string; maker: string }[] = makers
  .flatMap(({ maker, families }) => split(families).map((family) => ({ family, maker })))
  .toSorted((a, b) => b.family.length - a.family.length)

/** A word that is in no table is a maker's own: two that differ are two makers. */
export function makerOfWord(word: string): string {
  return byWord.get(word) ?? word
}

export function isMaker(word: string): boolean {
  return byWord.has(word)
}

/** By a name in lower case with `-` for `.`: undefined where it could be anybody's. */
export function makerOfName(name: string): string | undefined {
  return byFamily.find(({ family }) => beginsWith(name, family))?.maker
}

function beginsWith(name: string, family: string): boolean {
  return name.startsWith(family) && !/^[a-z]/.test(name.slice(family.length))
}
