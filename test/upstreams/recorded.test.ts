/** Every recorded payload of every upstream: nothing crashes, and nearly every entry becomes a listing. */
import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../src/errors.ts'
import { findUpstream, upstreams } from '../../src/upstreams/registry.ts'
import { readRecorded, recordedFolders, recordedPayloads } from '../support/recorded-payloads.ts'
import { hasSharedData, sharedDataNote } from '../support/shared-data.ts'

const leastShare = 0.99

describe.skipIf(!hasSharedData)(`what was recorded${sharedDataNote}`, () => {
  it('belongs to an upstream of the registry', () => {
    const ids = new Set<string>(upstreams.map(({ id }) => id))
    const read = new Set(recordedPayloads.map(({ folder }) => folder))
    expect(recordedFolders.filter((folder) => !ids.has(folder))).toEqual([])
    expect(recordedFolders.filter((folder) => !read.has(folder))).toEqual([])
  })

  it.each(recordedPayloads)('$file becomes listings', ({ folder, file }) => {
    const upstream = findUpstream(folder)
    if (!upstream) throw new PlumblineError('not_found', folder)
    const { entries, rejects } = readRecorded(upstream, `upstreams/${file}`)
    const reasons = rejects.map(
      ({ entryId, reason, message }) => `${entryId}: ${reason} (${message})`,
    )
    expect(entries).toBeGreaterThan(0)
    expect({ share: (entries - rejects.length) / entries, reasons }).toEqual({
      share: expect.toSatisfy((share: number) => share >= leastShare),
      reasons: expect.any(Array),
    })
  })
})
