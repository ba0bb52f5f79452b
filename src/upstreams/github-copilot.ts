/**
 * GitHub Copilot: the key is exchanged for a token that lives half an hour, and the list is what the
 * account may use. Nothing has a price: it is paid by seat and by premium requests.
 */
import { z } from 'zod'
import type { ModelFields } from '../catalog/fields.ts'
import { PlumblineError } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import { bearerKey } from './bearer-key.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { parsePayload } from './payload.ts'
import { restOfRow } from './rest-of-row.ts'
import type { Entry, FetchPage, ListingDraft, Page, Upstream } from './upstream.ts'

export const githubCopilot = {
  id: 'github-copilot',
  title: 'GitHub Copilot',
  docs: 'https://docs.github.com/en/copilot/reference/ai-models/supported-models',
  url: 'https://api.githubcopilot.com/models',
  key: bearerKey('COPILOT_GITHUB_TOKEN', { required: true }),
  adapterVersion: 1,
  schedule: '24h',
  provider: 'github-copilot',
  rank: 4,
  authoritative: 'all',
  complete: false,
  minimumEntries: 3,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  pages,
  entries: (page) => openaiEntries(page, 'github-copilot'),
  listing,
} satisfies Upstream

const copilotServer = 'api.githubcopilot.com'
const exchange = 'https://api.github.com/copilot_internal/v2/token'

// The API asks who integrates it; it knows no word for a catalog.
const integration = { 'copilot-integration-id': 'vscode-chat', 'editor-version': 'plumbline/1' }

/**
 * The key goes to GitHub's own API only, the token to Copilot's; a server that stands in for Copilot has
 * to exchange it, too, and GitHub is not asked. Throws `payload_shape` without a token.
 */
async function* pages(url: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  const isCopilot = new URL(url).hostname === copilotServer
  const { body } = await fetchPage(isCopilot ? exchange : new URL('token', url).href)
  const answer = parsePayload(body, { upstream: githubCopilot.id })
  const token = isJsonObject(answer) ? answer['token'] : undefined
  if (typeof token !== 'string' || token === '')
    throw new PlumblineError('payload_shape', 'GitHub gave no token for Copilot.', {
      nextStep: 'COPILOT_GITHUB_TOKEN has to be of an account with Copilot.',
    })
  yield await fetchPage(url, { headers: { ...integration, authorization: `Bearer ${token}` } })
}

const limit = z.int().nonnegative().nullish()
const flag = z.boolean().nullish()

const CopilotRow = z.object({
  name: z.string().nullish(),
  preview: flag,
  capabilities: z
    .object({
      family: z.string().nullish(),
      type: z.string().nullish(),
      limits: z
        .object({
          max_context_window_tokens: limit,
          max_prompt_tokens: limit,
          max_output_tokens: limit,
        })
        .nullish(),
      supports: z
        .object({ streaming: flag, structured_outputs: flag, tool_calls: flag, vision: flag })
        .nullish(),
    })
    .nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const { name, preview, capabilities } = CopilotRow.parse(raw)
  const { limits, supports } = capabilities ?? {}
  const fields: ModelFields = knownFields({
    name: name || undefined,
    stage: preview ? 'preview' : undefined,
    family: capabilities?.family || undefined,
    type: capabilities?.type === 'embeddings' ? 'embedding' : capabilities?.type || undefined,
    contextWindow: knownLimit(limits?.max_context_window_tokens),
    maxInputTokens: knownLimit(limits?.max_prompt_tokens),
    maxOutputTokens: knownLimit(limits?.max_output_tokens),
    // Only what is supported is listed (seen 2025-07).
    streaming: supports?.streaming,
    structuredOutput: supports?.structured_outputs,
    functionCalling: supports?.tool_calls,
    vision: supports?.vision,
  })
  return {
    fields,
    prices: { components: [] },
    extra: restOfRow(isJsonObject(raw) ? raw : {}, { name: fields.name }, ['id']),
  }
}
