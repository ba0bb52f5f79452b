/**
 * LiteLLM's cost map as its clients fetch it: the rows of the catalog, and those rows of the public map
 * that are no models of the catalog (rejected ones, a template, rules for unknown names), as they were
 * written. LiteLLM refuses without a word a map that has less than half of the rows that it brings along.
 */
import { z } from 'zod'
import { isJsonObject, parseJson, type JsonObject } from '../../json.ts'
import { jsonMembers } from '../../json-members.ts'
import { acceptIf, type Entry, type Format, type FormatSource, type Section } from './format.ts'
import { litellmRows } from './litellm.ts'

/** LiteLLM asks every member for keys, whatever stands under them: rows are as their writers made them. */
const Row = z.record(z.string(), z.unknown())

/** MODEL_COST_MAP_MIN_MODEL_COUNT of LiteLLM. */
const smallestMap = 50

export const litellmMap = {
  name: 'litellm',
  path: '/model_prices_and_context_window.json',
  summary: 'LiteLLM’s cost map: its public rows with those of the catalog over them',
  needs: ['litellmMap'],
  sections: [mapOf(overlaidRows)],
  accept: acceptIf({ minimum: smallestMap }),
} satisfies Format

export const litellmOurs = {
  name: 'litellm-ours',
  path: '/model_prices_and_context_window.json?only=ours',
  summary: 'The catalog’s own rows of it, and no others',
  sections: [mapOf(ownRows)],
  accept: acceptIf({ minimum: 1 }),
} satisfies Format

function mapOf(entries: Section['entries']): Section {
  return { open: '{', close: '}', schema: Row, entries }
}

function* ownRows({ models }: FormatSource): Generator<Entry | undefined> {
  for (const row of litellmRows(models)) yield row && { key: row[0], value: row[1] }
}

/** Reserved by LiteLLM, which does not count them either. */
const notModels: ReadonlySet<string> = new Set(['sample_spec', 'fallback_generalizations'])

function* overlaidRows(source: FormatSource): Generator<Entry | undefined> {
  const taken = new Set(source.litellmMap?.hiddenKeys)
  const rows = []
  for (const row of litellmRows(source.models)) {
    if (row) taken.add(row[0])
    if (row) rows.push(row)
    yield undefined
  }
  for (const [key, text] of jsonMembers(source.litellmMap?.text ?? '{}')) {
    const row = taken.has(key) ? undefined : parseRow(text)
    yield row && { key, value: row, models: notModels.has(key) ? 0 : 1 }
  }
  for (const [key, value] of rows) yield { key, value }
}

/** LiteLLM fails on a member that is no object; an archive's own stamp is one. */
function parseRow(text: string): JsonObject | undefined {
  const row = parseJson(text)
  return isJsonObject(row) ? row : undefined
}
