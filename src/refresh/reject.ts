/** Entries that were not taken, as people read them. */
import type { Json } from '../json.ts'

export interface Reject {
  provider: string | undefined
  /** The id as stated, where it can be stored as text. */
  entryId: string | undefined
  /** Stable snake_case word, a metric label. */
  reason: string
  message: string
  /** The entry's JSON, cut to `maxRawLength`. */
  raw: string
}

export const maxRawLength = 8192

/** The entry's JSON, cut to `maxRawLength`. */
export function rawText(raw: Json): string {
  return printable(JSON.stringify(raw).slice(0, maxRawLength))
}

/** What cannot be stored is shown as an escape. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
