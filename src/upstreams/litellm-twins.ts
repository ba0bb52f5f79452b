/**
 * Rows of the cost map that are one model twice: `gemini-pro-latest` and `gemini/gemini-pro-latest`, with
 * and without the prefix that LiteLLM tries both ways. Where they say the same they are one listing, under
 * the key that has the id; where they do not, nobody can tell which is right, and each stays. Seen 2025-02
 * to 2026-07.
 */
import { InvalidPrice } from '../catalog/price.ts'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { readLitellmRow } from './litellm-row.ts'
import type { ListingDraft } from './upstream.ts'

/** The same fields and prices. A row that is invalid has no twin. */
export function isTwin(one: Json, other: Json): boolean {
  if (!isJsonObject(one) || !isJsonObject(other)) return false
  try {
    return said(one) === said(other)
  } catch (error) {
    if (error instanceof InvalidPrice) return false
    throw error
  }
}

function said(row: JsonObject): string {
  const { fields, prices } = readLitellmRow(row)
  return canonicalJson({ fields, prices })
}

/** `extra.twin_rows` has what the twins state besides fields and prices, by key. */
export function withTwins(draft: ListingDraft, twins: readonly JsonObject[]): ListingDraft {
  if (twins.length === 0) return draft
  return {
    ...draft,
    extra: { ...draft.extra, twin_rows: twins.map((row) => readLitellmRow(row).extra) },
  }
}

/** From a raw entry, or from what `withTwins` has kept of it. */
export function twinsOf({ twin_rows: stated }: JsonObject): JsonObject[] {
  return Array.isArray(stated) ? stated.filter(isJsonObject) : []
}
