/**
 * ShengSuanYun (胜算云). Its prices are not read: clients of it disagree whether the numbers are ten
 * thousandths or whole units, and of which currency; they stay in `extra.pricing` until a recorded list
 * settles it. Written from what clients read, 2025 and 2026.
 */
import { z } from 'zod'
import { isJsonObject } from '../json.ts'
import { commaList } from './comma-list.ts'
import { knownFields, knownLimit } from './known-fields.ts'
import { modalityFields } from './modality-fields.ts'
import { openaiEntries } from './openai-list.ts'
import { restOfRow } from './rest-of-row.ts'
import type { Entry, ListingDraft, Upstream } from './upstream.ts'

export const shengsuanyun = {
  id: 'shengsuanyun',
  title: 'ShengSuanYun',
  docs: 'https://docs.router.shengsuanyun.com',
  url: 'https://router.shengsuanyun.com/api/v1/models',
  adapterVersion: 1,
  schedule: '1h',
  provider: 'shengsuanyun',
  rank: 4,
  authoritative: 'all',
  complete: true,
  minimumEntries: 20,
  maxBytes: 16 * 2 ** 20,
  verified: false,
  entries: (page) => openaiEntries(page, 'shengsuanyun'),
  listing,
} satisfies Upstream

const limit = z.int().nonnegative().nullish()
const text = z.string().nullish()

const ShengsuanyunRow = z.object({
  name: text,
  description: text,
  context_window: limit,
  max_tokens: limit,
  supports_prompt_cache: z.boolean().nullish(),
  // "text+image".
  architecture: z.object({ input: text, output: text }).nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const row = ShengsuanyunRow.parse(raw)
  const { input, output } = row.architecture ?? {}
  const read = {
    name: row.name || undefined,
    description: row.description || undefined,
    context_window: knownLimit(row.context_window),
    max_tokens: knownLimit(row.max_tokens),
    supports_prompt_cache: row.supports_prompt_cache,
  }
  return {
    fields: knownFields({
      ...modalityFields(commaList(input, '+'), commaList(output, '+')),
      name: read.name,
      description: read.description,
      contextWindow: read.context_window,
      maxOutputTokens: read.max_tokens,
      promptCaching: read.supports_prompt_cache,
    }),
    prices: { components: [] },
    extra: restOfRow(isJsonObject(raw) ? raw : {}, read, ['id']),
  }
}
