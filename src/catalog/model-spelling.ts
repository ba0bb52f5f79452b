/**
 * The ways in which upstreams write one model's name: punctuation, Bedrock's regions and makers, words of
 * hosts in front. What a rule here changes says nothing of the model; what does is a variant
 * (model-variants.ts). Each rule is from ids that were seen, up to 2026-09.
 */
import { isMaker, makerOfName, makerOfWord } from './makers.ts'

/** Segments of an id that name the way to a model, or who uploads others' weights as they are. */
const routes: ReadonlySet<string> = new Set(
  `accounts models chat-completion completion public main routers route @cf @hf tee
  aws-bedrock aws-mantle bedrock bedrock_mantle workers-ai cloudflare openrouter huggingface
  azure azure_ai azure-ai-foundry azure-anthropic azure-openai
  vertex vertexai vertex_ai vertex-anthropic vertex-openai google-vertex google-vertex-ai
  baseten cerebras cerebras-ai deepinfra fireworks fireworks_ai fireworks-ai groq hyperbolic nebius
  novita nscale ovhcloud publicai replicate sambanova scaleway siliconflow
  together together_ai together-ai
  chutesai togethercomputer unsloth`.split(/\s+/),
)

export function isRoute(segment: string): boolean {
  return routes.has(segment)
}

/** Providers whose ids have a host where others have the maker. */
const hostsAsMakers: ReadonlySet<string> = new Set(['llmgateway-providers'])

/**
 * The maker that the segments before a name state; several that are none, joined, where they describe
 * something else (`high/1024-x-1024`).
 */
export function statedMaker(segments: readonly string[], provider: string): string | undefined {
  if (hostsAsMakers.has(provider)) return undefined
  const words = segments.filter((segment) => !isRoute(segment) && segment !== provider)
  const nearest = words.at(-1)?.replace(/^hf:/, '')
  if (nearest === undefined) return undefined
  return isMaker(nearest) ? makerOfWord(nearest) : words.join('/')
}

const bedrockPlace = /^(?:us|us-gov|eu|apac|jp|au|ca|sa|in|global|regional)\.(?=[a-z0-9-]+\.)/
const bedrockMaker = /^([a-z0-9-]+)\.(?=[a-z])/

/** `us.anthropic.claude-…` → `anthropic`, `claude-…`; `deepseek.r1` is short for DeepSeek's own name. */
export function splitDottedMaker(segment: string): { maker: string | undefined; rest: string } {
  const placed = segment.replace(bedrockPlace, '').replace(/^deepseek\.(?=r1|v3\.)/, '$&deepseek-')
  const maker = bedrockMaker.exec(placed)?.[1]
  return maker !== undefined && isMaker(maker)
    ? {
        maker: makerOfWord(maker),
        rest: withoutVersion(placed.slice(maker.length + 1), bedrockVersion),
      }
    : { maker: undefined, rest: withoutVersion(segment, wholeBedrockVersion) }
}

const bedrockVersion = /-v(\d+)(?::(\d+))?(?=:|$)/
/** Told by itself: others end their names in `-v1` too. */
const wholeBedrockVersion = /-v(\d+):(\d+)(?=:|$)/

/** `-v1:0`, or any after a day, says nothing; another number is a part of the name, and Titan has several. */
function withoutVersion(segment: string, pattern: RegExp): string {
  const found = pattern.exec(segment)
  if (!found) return segment
  const [text, major, minor = '0'] = found
  const before = segment.slice(0, found.index)
  const isFirst = major === '1' && minor === '0' && !before.startsWith('titan-')
  const saysNothing = isFirst || /-\d{8}$/.test(before)
  const version = saysNothing ? '' : `-v${major}${minor === '0' ? '' : `-${minor}`}`
  return before + version + segment.slice(found.index + text.length)
}

const respellings: readonly (readonly [RegExp, string])[] = [
  // `kimi-k2p6`, `llama-v3p1-8b`: Fireworks has no `.` in its ids.
  [/(?<=\d)p(?=\d)/g, '-'],
  [/^llama-v(?=\d)/, 'llama-'],
  // `qwen3`, `llama3-1`, `gpt4o`: the first number of a name stands apart.
  [/^([a-z]+)(?=\d)/, '$1-'],
  // Nor has Azure, and Venice leaves it out.
  [/^gpt-([35])(?=[1-9](?:-|$))/, 'gpt-$1-'],
  [/^minimax-m2(?=[1-9]$)/, 'minimax-m2-'],
  [/^claude-(opus|sonnet|haiku)(?=\d)/, 'claude-$1-'],
  // `claude-3-5-sonnet` and `claude-sonnet-4-5`: the two orders are of different years.
  [/^claude-(\d+(?:-\d)?)-(opus|sonnet|haiku)(?=-|$)/, 'claude-$2-$1'],
  // Anthropic's own word for the first of a number.
  [/^(claude-(?:opus|sonnet|haiku)-\d+)-0(?=-|$)/, '$1'],
  // OpenRouter's own words.
  [/^gemini-(flash|pro)-1-5(?=-|$)/, 'gemini-1-5-$1'],
  [/^deepseek-chat-v(?=\d)/, 'deepseek-v'],
  [/^(nova-(?:2-)?(?:micro|lite|pro|premier))-v1$/, '$1'],
  // OpenAI has no other GPT-5 Chat than the latest.
  [/^(gpt-5(?:-\d)?-chat)-latest$/, '$1'],
  // Of these there is one model each, whose parts some name and some do not.
  [/^llama-4-(maverick|scout)(?:-17b)?(?:-(?:128|16)e)?-instruct(?=-|$)/, 'llama-4-$1'],
  [/^llama-3-3-70b(?=$|-fp)/, 'llama-3-3-70b-instruct'],
  [/^kimi-k2-instruct(?=-\d|$)/, 'kimi-k2'],
]

/** Of a name in lower case; a maker in front of it that it tells anyway is left out, as is the provider. */
export function respell(written: string, provider: string): string {
  const dashed = written
    .replaceAll('+', '-plus')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  return rewrite(withoutMaker(dashed, provider))
}

function rewrite(name: string): string {
  return respellings.reduce((text, [pattern, by]) => text.replace(pattern, by), name)
}

/** `meta-llama-3` → `llama-3`. */
function withoutMaker(name: string, provider: string): string {
  for (let end = name.indexOf('-'); end > 0; end = name.indexOf('-', end + 1)) {
    const [word, rest] = [name.slice(0, end), name.slice(end + 1)]
    const maker = makerOfName(rewrite(rest))
    if (
      maker !== undefined &&
      (word === provider || (isMaker(word) && makerOfWord(word) === maker))
    )
      return rest
  }
  return name
}
