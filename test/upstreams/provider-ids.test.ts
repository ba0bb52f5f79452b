/** Provider ids are those of models.dev; one that it does not have is a decision, and the same for all upstreams. */
import { describe, expect, it } from 'vitest'
import { genaiPrices } from '../../src/upstreams/genai-prices.ts'
import { litellm } from '../../src/upstreams/litellm.ts'
import { providerOfFile } from '../../src/upstreams/portkey-files.ts'
import { upstreams } from '../../src/upstreams/registry.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'
import { readPayload } from '../support/catalog-of.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

/** Two upstreams that know such a provider must mean the same by it: which of them named it first. */
const namedByLitellm: ReadonlySet<string> = new Set(['voyage', 'jina-ai', 'oci', 'stability'])

function providersOf(upstream: Upstream, file: string): Set<string> {
  return new Set(readPayload(upstream, readShared(file)).slices.keys())
}

describe.skipIf(!hasSharedData)(`ids of providers${sharedDataNote}`, () => {
  const modelsDev = new Set(
    sharedFiles('models-dev', '.gz')
      .slice(-2)
      .flatMap((file) => Object.keys(JSON.parse(readShared(`models-dev/${file}`)) as object)),
  )
  const [newest = ''] = sharedFiles('upstreams/litellm/series', '.gz').slice(-1)
  const ofLitellm = providersOf(litellm, `upstreams/litellm/series/${newest}`)

  it('that models.dev does not have are LiteLLM’s where LiteLLM has the provider', () => {
    for (const id of namedByLitellm) expect(ofLitellm).toContain(id)
    const ofOthers: string[] = [
      ...providersOf(genaiPrices, 'upstreams/genai-prices/2026-08-21.v2.data.json'),
      ...Object.values(providerOfFile),
      ...upstreams.flatMap((upstream: Upstream) => upstream.provider ?? []),
    ]
    const unknown = ofOthers.filter((id) => !modelsDev.has(id) && !ofLitellm.has(id))
    // Whom nobody else lists: nothing that it could be confused with.
    expect([...new Set(unknown)].sort()).toMatchInlineSnapshot(`
      [
        "atlascloud",
        "avian",
        "doubleword",
        "lightning-ai",
        "litellm-proxy",
        "nomic",
        "reka-ai",
        "shengsuanyun",
        "unbound",
        "vllm",
      ]
    `)
  })
})
