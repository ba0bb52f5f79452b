import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openApi, type LabModel, type TestApi } from './api-fixture.ts'

/** Every model says in which round it was stated, so that an answer of two versions shows. */
function modelsOf(round: number): LabModel[] {
  return Array.from({ length: 40 }, (_, index) => ({
    provider: 'acme',
    id: `model-${index}`,
    name: `Model ${index}`,
    family: `round-${round}`,
    input: String(1 + round / 100),
  }))
}

const Page = z.object({
  version: z.number(),
  models: z.array(z.object({ family: z.string(), prices: z.object({ input: z.string() }) })),
})

let api: TestApi
beforeAll(async () => {
  api = await openApi(modelsOf(0))
})
afterAll(() => api.close())

interface Seen {
  version: number
  rounds: Set<string>
}

async function readUntil(ended: { at: boolean }, limit: number): Promise<Seen[]> {
  const seen: Seen[] = []
  while (!ended.at) {
    const response = await fetch(`${api.url}/api/v1/models?limit=${limit}`)
    expect(response.status).toBe(200)
    const { version, models } = Page.parse(await response.json())
    expect(response.headers.get('x-catalog-version')).toBe(String(version))
    seen.push({
      version,
      rounds: new Set(models.map(({ family, prices }) => `${family} ${prices.input}`)),
    })
    // As often as it goes, but the one who commits shares this process.
    await sleep(1)
  }
  return seen
}

describe('while refreshes commit', () => {
  it('every answer is of one version, and no reader goes back', async () => {
    const ended = { at: false }
    const readers = Array.from({ length: 30 }, (_, index) => readUntil(ended, 20 + (index % 3)))
    const rounds = 12
    for (let round = 1; round <= rounds; round++) await api.list(modelsOf(round))
    ended.at = true
    const seen = await Promise.all(readers)
    const roundOf = new Map<number, string>()
    for (const { version, rounds: stated } of seen.flat()) {
      const [round = ''] = stated
      expect(stated.size).toBe(1)
      expect(roundOf.get(version) ?? round).toBe(round)
      roundOf.set(version, round)
    }
    for (const answers of seen) {
      const versions = answers.map(({ version }) => version)
      expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    }
    // Several versions were seen at all, and at the end everybody has the newest.
    expect(roundOf.size).toBeGreaterThan(3)
    const { json } = await api.get('/api/v1/models?limit=20')
    expect(Page.parse(json).models[0]?.family).toBe(`round-${rounds}`)
  })
})
