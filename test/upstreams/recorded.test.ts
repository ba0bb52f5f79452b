/** Every recorded payload of every upstream: nothing crashes, and nearly every entry becomes a listing. */
import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../../src/errors.ts'
import { upstreams } from '../../src/upstreams/registry.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

/** Files that no server of the upstream has answered with, and why they lie beside those that it has. */
const notAnswers: Readonly<Record<string, string>> = {
  'genai-prices/2026-08-21.data.json': 'the format before the one that is read',
  'genai-prices/2026-08-21.data_slim.json': 'a shorter edition of it',
  'nvidia/2026-08-22.ids-by-category.json': 'ids that somebody sorted into groups',
  'ollama/2025-07-25.ollama.json': 'another path of it: /v1/models, which openai-compatible reads',
  'portkey/pricing/sagemaker.json.gz': 'a file without prices, which is not asked for',
  'portkey/pricing/segmind.json.gz': 'likewise',
  'portkey/gateway.models.json.gz': 'the list of the gateway, which has no prices',
  'openrouter/2026-05-15.models-dev-root.models.json.gz': 'an import of models.dev',
}

const leastShare = 0.99

const folders = sharedFiles('upstreams', '').filter((name) => !name.includes('.'))
const files = folders.flatMap((folder) => [
  ...namesIn(folder, ''),
  ...(folder === 'litellm' ? namesIn(folder, 'series/').slice(-1) : []),
  ...(folder === 'openrouter' ? namesIn(folder, 'series/').slice(-1) : []),
  ...(folder === 'portkey' ? namesIn(folder, 'pricing/') : []),
])

function namesIn(folder: string, inside: string): { folder: string; file: string }[] {
  return sharedFiles(`upstreams/${folder}/${inside}`, '')
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .map((name) => ({ folder, file: `${folder}/${inside}${name}` }))
    .filter(({ file }) => !Object.hasOwn(notAnswers, file))
}

describe.skipIf(!hasSharedData)(`what was recorded${sharedDataNote}`, () => {
  it('belongs to an upstream of the registry', () => {
    const ids = new Set<string>(upstreams.map(({ id }) => id))
    expect(folders.filter((folder) => !ids.has(folder))).toEqual([])
    expect(folders.filter((name) => !files.some(({ folder }) => folder === name))).toEqual([])
  })

  it.each(files)('$file becomes listings', ({ folder, file }) => {
    const upstream = upstreams.find(({ id }) => id === folder)
    if (!upstream) throw new PlumblineError('not_found', folder)
    const { entries, rejects } = readPayload(upstream, readShared(`upstreams/${file}`))
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
