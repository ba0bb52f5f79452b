/** Featherless as it is in size: 20,000 rows and some 50 MB, in pages of 1,000. Made up. */
import { gzipSync } from 'node:zlib'

const rows = 20_000
const perPage = 1000
/** Makes a row as long as theirs are: 2.5 KB. */
const about = 'An open model that somebody has tuned for stories, chat and code. '.repeat(34)

/** The bodies of all pages, packed. */
export function featherlessPages(): Buffer[] {
  const pages = rows / perPage
  return Array.from({ length: pages }, (_, page) => {
    const data = Array.from({ length: perPage }, (_row, index) => rowOf(page * perPage + index))
    const pagination = {
      current_page: page + 1,
      per_page: perPage,
      total_items: rows,
      total_pages: pages,
    }
    return gzipSync(JSON.stringify({ data, total: rows, pagination }), { level: 1 })
  })
}

function rowOf(number: number) {
  const id = `maker-${number % 700}/tale-${number}-${(number % 70) + 1}b`
  return {
    id,
    created: 1_735_689_600 + number * 60,
    name: id,
    model_class: `family-${number % 90}`,
    owned_by: `maker-${number % 700}`,
    context_length: 32_768,
    max_completion_tokens: 4096,
    is_gated: number % 5 === 0,
    available_on_current_plan: true,
    description: `${number}: ${about}`,
  }
}
