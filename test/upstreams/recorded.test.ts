/** Every recorded payload of every upstream: each entry becomes a listing of the provider that the adapter names. */
import { describe, expect, it } from 'vitest'
import { findUpstream, upstreams } from '../../src/upstreams/registry.ts'
import { readRecorded, recordedFolders, recordedPayloads } from '../support/recorded-payloads.ts'
import { hasSharedData, sharedDataNote } from '../support/shared-data.ts'

describe.skipIf(!hasSharedData)(`what was recorded${sharedDataNote}`, () => {
  it('belongs to an upstream of the registry', () => {
    const ids = new Set<string>(upstreams.map(({ id }) => id))
    const read = new Set(recordedPayloads.map(({ folder }) => folder))
    expect(recordedFolders.filter((folder) => !ids.has(folder))).toEqual([])
    expect(recordedFolders.filter((folder) => !read.has(folder))).toEqual([])
  })

  it.each(recordedPayloads)('$file becomes listings', ({ folder, file }) => {
    const upstream = findUpstream(folder)
    if (!upstream) throw new Error(`There is no upstream ${folder}.`)
    const { entries, rejects, slices } = readRecorded(upstream, `upstreams/${file}`)
    const reasons = rejects.map(({ entryId, reason, message }) => [entryId, reason, message])
    expect(reasons).toEqual([])
    expect(entries).toBeGreaterThan(0)
    const providers = [...slices.keys()]
    expect(providers).toEqual(upstream.provider === undefined ? providers : [upstream.provider])
  })
})
