/**
 * Any value in any place of a real entry: the entry becomes a listing that is well formed, or a reject.
 * Nothing crashes, and nothing that is no price, no date and no limit is taken for one.
 */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isFieldName, modelFields, parseFieldValue } from '../../src/catalog/fields.ts'
import type { Listing } from '../../src/catalog/listing.ts'
import { componentKey, PriceComponent } from '../../src/catalog/price.ts'
import { canonicalJson, isJsonObject, parseJson, type Json } from '../../src/json.ts'
import { validateEntry } from '../../src/refresh/validate.ts'
import { upstreams } from '../../src/upstreams/registry.ts'
import type { Entry, ParsedPage, Upstream } from '../../src/upstreams/upstream.ts'
import { readRecordedJson, recordedPayloads } from '../support/recorded-payloads.ts'
import { sharedFiles } from '../support/shared-data.ts'
import { samples } from './samples.ts'

const hostile: readonly Json[] = [
  ...['null', 'true', '-1', '0', '7', '0.1', '1e-7', '1e30', '1753425600'].map(parseJson),
  '',
  'x',
  '-1',
  '0',
  '$1',
  'NaN',
  '2026-02-30',
  '__proto__',
  'x'.repeat(5000),
  [],
  [null],
  ['x', 1],
  {},
  { usd: '1' },
]

/** Entries of every payload that there is of the upstream; of a recorded one the longest, with most fields. */
function entriesOf(upstream: Upstream): Entry[] {
  const fixture = `fixtures/upstreams/${upstream.id}.json`
  const isThere = existsSync(new URL(`../${fixture}`, import.meta.url))
  const recorded = upstream.id === 'models-dev' ? newestModelsDev : newestRecorded(upstream.id)
  const sample = samples[upstream.id]
  const made = sample ? [parseJson(sample.payload([sample.entry('one')]))] : []
  return [
    ...made.flatMap((json) => longest(3, upstream, { url: upstream.url, json })),
    ...(isThere ? longest(3, upstream, readRecordedJson(upstream, fixture)) : []),
    ...recorded.flatMap((file) => longest(1, upstream, readRecordedJson(upstream, file))),
  ]
}

function longest(count: number, upstream: Upstream, page: Pick<ParsedPage, 'url' | 'json'>) {
  return [...upstream.entries({ ...page, upstream: upstream.id })]
    .filter((item) => item.kind === 'entry')
    .map((entry) => ({ entry, length: JSON.stringify(entry.raw).length }))
    .sort((a, b) => b.length - a.length)
    .slice(0, count)
    .map(({ entry }) => entry)
}

const newestModelsDev = sharedFiles('models-dev', '.gz')
  .slice(-1)
  .map((file) => `models-dev/${file}`)

function newestRecorded(id: string): string[] {
  const files = recordedPayloads.filter(({ folder }) => folder === id)
  return files.slice(-1).map(({ file }) => `upstreams/${file}`)
}

/** Every copy of a value in which one member, at any depth, is another. */
function* mutations(value: Json): Generator<Json> {
  if (Array.isArray(value)) {
    for (const [index, member] of value.slice(0, 3).entries())
      for (const mutated of [...hostile, ...mutations(member)]) yield value.with(index, mutated)
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value))
      for (const mutated of [...hostile, ...mutations(member)]) yield { ...value, [key]: mutated }
  }
}

function problemsOf({ fields, prices }: Listing): string[] {
  const keys = prices.components.map(componentKey)
  return [
    ...Object.entries(fields).filter(([name, value]) => !isWellFormed(name, value)),
    ...prices.components.filter((one) => !isPrice(one)),
    ...keys.filter((key, index) => keys.indexOf(key) < index),
    ...[prices.currency ?? 'USD'].filter((currency) => !/^[A-Z]{3}$/.test(currency)),
  ].map((problem) => JSON.stringify(problem))
}

function isPrice(component: PriceComponent): boolean {
  return PriceComponent.safeParse(component).success && /^\d+(\.\d+)?$/.test(component.amount)
}

function isWellFormed(name: string, value: unknown): boolean {
  if (!isFieldName(name) || value === undefined || value === null) return false
  if (modelFields[name].kind === 'date') return isDay(value)
  if (typeof value === 'number' && value <= 0) return false
  try {
    return canonicalJson(parseFieldValue(name, value)) === canonicalJson(value)
  } catch {
    return false
  }
}

/** "2025", "2025-03" or a day that there is. */
function isDay(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}(-\d{2}(-\d{2})?)?$/.test(value)) return false
  const time = Date.parse(value)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}

describe.each(upstreams)('$id', (upstream) => {
  it('makes a listing or a reject of whatever stands in an entry', () => {
    const problems = new Set<string>()
    let read = 0
    for (const entry of entriesOf(upstream))
      for (const raw of [...hostile, ...mutations(entry.raw)]) {
        read += 1
        const outcome = validateEntry({ ...entry, raw }, upstream)
        if ('fields' in outcome) for (const problem of problemsOf(outcome)) problems.add(problem)
      }
    expect([...problems].slice(0, 10)).toEqual([])
    expect(read).toBeGreaterThan(hostile.length)
  })
})
