/** What is taken for the same among all models of one recorded catalog, and what must not be. */
import { describe, expect, it } from 'vitest'
import { baseModelOf } from '../../src/catalog/base-model.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { openrouter } from '../../src/upstreams/openrouter.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { catalogOf, readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

function idsOf(upstream: Upstream, folder: string): [provider: string, modelId: string][] {
  const [newest = ''] = sharedFiles(folder, '.gz').slice(-1)
  const { models } = catalogOf(upstream, readPayload(upstream, readShared(`${folder}/${newest}`)))
  return models.map(({ provider, modelId }) => [provider, modelId])
}

describe.skipIf(!hasSharedData)(`the same model${sharedDataNote}`, () => {
  const ids = [
    ...idsOf(modelsDev, 'models-dev'),
    ...idsOf(litellm, 'upstreams/litellm/series'),
    ...idsOf(openrouter, 'upstreams/openrouter/series'),
  ]
  const linked = [...new Map(ids.map((id) => [id.join('/'), id])).values()].map(
    ([provider, modelId]) => ({ provider, modelId, ...baseModelOf({ provider, modelId }) }),
  )
  const groups = Map.groupBy(linked, ({ base, variant }) => `${base} ${variant}`)
  const servedOf = (key: string) => new Set(groups.get(key)?.map(({ provider }) => provider)).size

  it('is found at most of the providers that serve it', () => {
    const served = linked.filter(({ base, variant }) => servedOf(`${base} ${variant}`) > 1)
    expect(served.length / linked.length).toBeGreaterThan(0.75)
    expect(servedOf('anthropic/claude-sonnet-4-5 ')).toBeGreaterThan(30)
    expect(servedOf('openai/gpt-oss-120b ')).toBeGreaterThan(50)
  })

  it('has the same numbers in all its ids: no size, version or day is lost on the way', () => {
    const several = [...groups.values()].flatMap((group) => {
      const written = new Set(group.map(({ modelId }) => numbersOf(modelId)))
      return written.size > 1 ? [[group[0]?.base, ...[...written].sort()].join(' ')] : []
    })
    expect(several.sort()).toEqual([
      // `claude-4.0-sonnet`.
      'anthropic/claude-opus-4 4 40',
      'anthropic/claude-sonnet-4 4 40',
      // Of each there is one, with 17b active parameters; some say 16 experts where it has 128.
      'meta/llama-4-maverick 4 417 417128 41716',
      'meta/llama-4-scout 4 417 417128 41716',
    ])
  })
})

/** Of the last segment, without the maker `ai21` and without Bedrock's and Vertex' versions that say nothing. */
function numbersOf(modelId: string): string {
  const name = modelId.toLowerCase().replace(/^.*\//, '')
  return name.replace(/^ai21|-v1(:0)?$|(?<=\d{8})-v\d:0$|(?<=-v\d):0$/g, '').replace(/\D/g, '')
}
