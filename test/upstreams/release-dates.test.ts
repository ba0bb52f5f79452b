/** `created` in a list is often another day than that of the release: such a list is not believed for it. */
import { describe, expect, it } from 'vitest'
import { findUpstream } from '../../src/upstreams/registry.ts'
import { readRecorded } from '../support/recorded-payloads.ts'
import { hasSharedData, sharedDataNote } from '../support/shared-data.ts'

/** What a recorded list says, and the day that stands in the model's own name or in its announcement. */
const recorded = [
  {
    id: 'groq',
    file: 'groq/2025-07-25.groq.json',
    model: 'gemma2-9b-it',
    created: '2023-09-03',
    released: '2024-06-27',
  },
  {
    id: 'requesty',
    file: 'requesty/2025-07-25.requesty.json',
    model: 'google/gemini-2.5-flash-lite-preview-06-17',
    created: '2025-05-20',
    released: '2025-06-17',
  },
  {
    id: 'venice',
    file: 'venice/2025-07-25.venice.json',
    model: 'llama-3.1-405b',
    created: '2024-10-31',
    released: '2024-07-23',
  },
  {
    id: 'xai',
    file: 'xai/2025-07-25.grok.json',
    model: 'grok-2-1212',
    created: '2025-01-20',
    released: '2024-12-12',
  },
]

function upstreamOf(id: string) {
  const upstream = findUpstream(id)
  if (!upstream) throw new Error(`There is no upstream ${id}.`)
  return upstream
}

function isBelieved(id: string): boolean {
  const { authoritative } = upstreamOf(id)
  return authoritative === 'all' || authoritative.includes('releaseDate')
}

describe.skipIf(!hasSharedData)(`the day of a release${sharedDataNote}`, () => {
  it.each(recorded)(
    'is $released for $model, and $id, which says $created, is not believed',
    ({ id, file, model, created, released }) => {
      const slices = [...readRecorded(upstreamOf(id), `upstreams/${file}`).slices.values()]
      const listings = slices.flatMap((slice) => slice.listings)
      expect(listings.find(({ modelId }) => modelId === model)?.fields.releaseDate).toBe(created)
      expect(created).not.toBe(released)
      expect(isBelieved(id)).toBe(false)
    },
  )
})

it.each(['cloudflare-workers-ai', 'nano-gpt', 'unbound'])(
  '%s, which lists other labs’ models with a day of its own, is not believed for it',
  (id) => {
    expect(isBelieved(id)).toBe(false)
  },
)
