import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CatalogChanged, CatalogModel } from '../../src/client/index.ts'
import { createMirrorDraft, type MirrorDraft } from '../../src/client/mirror-draft.ts'
import { change } from './changes.ts'

/** A catalog whose every version is known: id → number of the change that made it so. */
type Content = ReadonlyMap<string, number>

const ids = ['p/a', 'p/b', 'q/c', 'q/d']

function modelOf(id: string, revision: number): CatalogModel {
  return {
    id,
    provider: id.slice(0, 1),
    modelId: id.slice(2),
    name: String(revision),
    prices: { state: 'unknown', currency: 'USD', components: [] },
    lifecycle: 'active',
    review: 'active',
    tiers: [],
    provenance: {},
    conflicts: [],
    missingSince: null,
    retiredAt: null,
    createdAt: '',
    changedAt: '',
  }
}

/** One commit: what becomes of some models, or a provider of which no list can be given. */
const Commit = fc.record({
  touched: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 }),
  removes: fc.boolean(),
  truncated: fc.boolean(),
})
type Commit = typeof Commit extends fc.Arbitrary<infer Value> ? Value : never

function commit(before: Content, version: number, { touched, removes, truncated }: Commit) {
  const after = new Map(before)
  for (const id of touched) {
    if (removes) after.delete(id)
    else after.set(id, version)
  }
  const told: CatalogChanged = {
    ...change(version),
    provider: null,
    added: truncated || removes ? [] : touched.filter((id) => !before.has(id)),
    updated:
      truncated || removes
        ? []
        : touched.filter((id) => before.has(id)).map((id) => ({ id, fields: ['name'] })),
    removed: truncated || !removes ? [] : touched,
    truncated,
  }
  return { after, told }
}

/** Reads at a version what the draft says is due, as an API at that version answers. */
function readAt(draft: MirrorDraft, contents: readonly Content[], version: number): void {
  const content = contents[version] ?? new Map<string, number>()
  const modelAt = (id: string) => {
    const revision = content.get(id)
    return revision === undefined ? undefined : modelOf(id, revision)
  }
  for (const [provider, minVersion] of draft.toList) {
    if (version < minVersion) continue
    for (const id of ids) draft.stage(id, modelAt(id), version)
    draft.listed(provider, version)
    return
  }
  const { ids: due, minVersion } = draft.toRead
  if (version >= minVersion) for (const id of due) draft.stage(id, modelAt(id), version)
}

const revisions = (models: ReadonlyMap<string, CatalogModel | undefined>) =>
  new Map([...models].flatMap(([id, model]) => (model ? [[id, Number(model.name)] as const] : [])))

describe('createMirrorDraft', () => {
  it('makes a mirror one version exactly, in whatever order it is told and reads', () => {
    const Step = fc.oneof(
      Commit,
      fc.constant('tell' as const),
      fc.record({ readAhead: fc.nat({ max: 3 }) }),
    )
    const pages = fc.array(fc.nat({ max: 3 }), { minLength: ids.length, maxLength: ids.length })
    fc.assert(
      fc.property(fc.array(Commit, { maxLength: 4 }), pages, fc.array(Step), (first, at, steps) => {
        const contents: Content[] = [new Map()]
        const changes: CatalogChanged[] = [change(0)]
        const commitNext = (next: Commit) => {
          const { after, told } = commit(contents.at(-1) ?? new Map(), contents.length, next)
          contents.push(after)
          changes.push(told)
        }
        const head = () => contents.length - 1
        for (const next of first) commitNext(next)

        // Each page of the first reading is of another version.
        const draft = createMirrorDraft()
        const versions = at.map((version) => Math.min(version, head()))
        for (const [index, id] of ids.entries()) {
          const version = versions[index] ?? 0
          const revision = contents[version]?.get(id)
          draft.readAt(version)
          if (revision !== undefined) draft.stage(id, modelOf(id, revision), version)
        }
        let told = Math.min(...versions)
        let mirror: Map<string, CatalogModel | undefined> = new Map()
        const tell = () => {
          const next = changes[told + 1]
          if (!next) return
          told += 1
          draft.hear(next, () => mirror.keys())
        }
        const settle = () => {
          if (!draft.isWhole(told)) return false
          mirror = new Map([...mirror, ...draft.take()])
          expect(revisions(mirror)).toEqual(contents[told])
          expect(draft.isEmpty).toBe(true)
          return true
        }
        // Before its first version is whole, a mirror is nobody's.
        settle()
        for (const step of steps) {
          if (step === 'tell') tell()
          else if ('readAhead' in step) {
            readAt(draft, contents, Math.min(told + step.readAhead, head()))
            settle()
          } else commitNext(step)
        }
        while (told < head()) tell()
        while (!settle()) readAt(draft, contents, head())
        expect(revisions(mirror)).toEqual(contents.at(-1))
      }),
      { numRuns: 500 },
    )
  })

  it('does not take what was read before the change that names it', () => {
    const draft = createMirrorDraft()
    draft.stage('p/a', modelOf('p/a', 3), 3)
    draft.hear({ ...change(5), updated: [{ id: 'p/a', fields: ['name'] }] }, () => [])
    expect(draft.toRead).toEqual({ ids: ['p/a'], minVersion: 5 })
    draft.stage('p/a', modelOf('p/a', 4), 4)
    expect(draft.isWhole(5)).toBe(false)
    draft.stage('p/a', modelOf('p/a', 7), 7)
    expect([draft.isWhole(5), draft.isWhole(7)]).toEqual([false, true])
  })
})
