/** docs/upstreams.md: every upstream of the registry with what its adapter declares of it. */
import { fieldNames } from '../src/catalog/fields.ts'
import { upstreams } from '../src/upstreams/registry.ts'
import type { Upstream } from '../src/upstreams/upstream.ts'
import { code, markdownTable } from './markdown-table.ts'

const introduction = `# Upstreams

What each adapter says of its upstream; \`npm run docs\` writes this page from \`src/upstreams/registry.ts\`. How upstreams are switched on, and how others are declared without code, is in the [README](../README.md#upstreams).

- **Provider**: whose own API it is. An upstream without one lists the models of many providers.
- **Gives first**: the fields in which it is believed before all others for that provider's models. Upstreams of many providers fill what is left, the lower rank first.
- **List**: what absence means. From a complete list a model that is gone becomes missing and later retired; absence from any other list means nothing. An entry that says of itself that its model cannot be called now (\`is_ready\`, \`active\`, \`offline\`) counts as absent.
- **Verified**: a recorded payload has been read by the adapter. Where it is not, absence means nothing either, unless somebody refreshes with \`--force\`.
- **Runtime**: a server of one's own. What it lists is what runs there now: its list may shrink at any time, and what it does not list is missing, verified or not.
- **Adapter**: the file that declares the units of its prices.
`

/** Lists and prices that are known of and left alone, each with its reason. */
const unread: readonly (readonly [what: string, reason: string])[] = [
  [
    '`https://openrouter.ai/api/v1/embeddings/models` and `…/models/{id}/endpoints`',
    'The first is another list with no recorded payload, the second one request a model; the main list has the price of what is routed to by default.',
  ],
  [
    'Anthropic’s page of prices',
    'Prose and tables made for people, with rows that change on a date; the upstreams of many providers state these prices.',
  ],
  [
    'Prices of DeepSeek, Z.AI, MiniMax, Xiaomi, Meta, Perplexity, Groq, Cohere, Mistral, OpenAI, Google',
    'Their APIs state none; they come from the upstreams of many providers.',
  ],
  [
    'Prices of ShengSuanYun',
    'Those who read its list disagree about the unit and the currency. The amounts are kept as stated, unpriced.',
  ],
  [
    'Prices of Databricks',
    'DBU, whose price depends on the contract. They are kept as stated, unpriced.',
  ],
  [
    'models.dev’s base models (`base_model` of its sources)',
    'None of its recorded payloads states them. Where one does, as `canonical_model_id`, they are read and come before what ids say (`src/catalog/base-model.ts`). `models.json` has facts of base models, not who serves them.',
  ],
  [
    'Prices of DigitalOcean',
    'They are on another server under marketing names that no id leads to.',
  ],
  [
    'Ollama’s cloud (`ollama-cloud`)',
    'Its models have no prices of their own. `https://ollama.com/v1` can be declared in `plumbline.yaml` as an OpenAI-compatible endpoint.',
  ],
]

export function renderUpstreamsPage(): string {
  const head = [
    'Upstream',
    'Provider',
    'Gives first',
    'Key',
    'List',
    'Asked',
    'Verified',
    'Adapter',
  ]
  // The widths of columns would change with every upstream: the table is not formatted.
  return [
    introduction,
    '<!-- prettier-ignore-start -->',
    '',
    markdownTable(head, upstreams.map(row)),
    '',
    '## Known of and not read',
    '',
    markdownTable(
      ['What', 'Why not'],
      unread.map(([what, reason]) => [what, reason]),
    ),
    '',
    '<!-- prettier-ignore-end -->',
    '',
  ].join('\n')
}

function row(upstream: Upstream): string[] {
  const { id, title, docs, provider, complete, schedule, optIn, runtime, verified } = upstream
  return [
    `${code(id)} [${title}](${docs})`,
    provider === undefined ? 'many' : code(provider),
    givesFirst(upstream),
    keyOf(upstream),
    `${complete ? 'complete' : 'not complete'}${runtime ? '; a runtime' : ''}`,
    `${code(schedule)}${optIn ? ', when it is named or its URL is set' : ''}`,
    verified ? 'yes' : 'no',
    `[${id}.ts](../src/upstreams/${id}.ts)`,
  ]
}

function givesFirst({ provider, authoritative, rank }: Upstream): string {
  if (provider === undefined) return `nothing; rank ${rank}`
  if (authoritative === 'all') return 'all that it states'
  if (authoritative.length === 0) return 'nothing'
  const others = fieldNames.filter((field) => !authoritative.includes(field))
  if (others.length > authoritative.length) return authoritative.map(code).join(', ')
  const withoutPrices = authoritative.includes('prices') ? [] : ['prices']
  return `all that it states but ${[...others, ...withoutPrices].map(code).join(', ')}`
}

function keyOf({ key }: Upstream): string {
  if (!key) return 'none'
  return `${code(key.env)}${key.required ? '' : ' (optional)'}`
}
