/**
 * A gateway that lists its models as OpenRouter does: rows with modalities, parameters, limits and
 * `pricing` in USD per token, and `links.next` where there is more than a page.
 */
import { serverUpstream, type CompatibleServer } from './compatible-server.ts'
import { linkedPages, linksNext } from './linked-pages.ts'
import { openaiEntries } from './openai-list.ts'
import { readOpenrouterRow } from './openrouter-row.ts'
import type { Upstream } from './upstream.ts'

export function openrouterCompatible(server: CompatibleServer): Upstream {
  return {
    ...serverUpstream(server),
    docs: 'https://openrouter.ai/docs/api-reference/list-available-models',
    pages: (url, fetchPage) =>
      linkedPages(url, fetchPage, { upstream: server.id, next: linksNext }),
    entries: (page) => openaiEntries(page, server.provider),
    listing: ({ raw }) => readOpenrouterRow(raw),
  }
}
