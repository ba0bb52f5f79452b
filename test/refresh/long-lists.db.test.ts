/** Lists that do not fit into memory as they are: their pages are packed, their slices come in chunks. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { remerge } from '../support/remerge.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

const pageCount = 14
const perPage = 25
/** 350 entries and 10 MB: what comes after 8 MB is packed. */
const about = 'x'.repeat(30_000)

let server: UpstreamServer
let pipeline: Pipeline

beforeAll(async () => {
  server = await startUpstream()
  pipeline = await openPipeline([
    {
      definition: simpleUpstream('long', {
        pages: async function* (url, fetchPage) {
          for (let page = 0; page < pageCount; page++) yield await fetchPage(`${url}/${page}`)
        },
      }),
      url: `${server.url}/long`,
    },
  ])
})

afterAll(async () => {
  await pipeline.close()
  await server.close()
})

function serve(nameOf: (number: number) => string): void {
  for (let page = 0; page < pageCount; page++) {
    const models = Array.from({ length: perPage }, (_, index) => {
      const number = index * pageCount + page
      return { id: `model-${number}`, name: nameOf(number), input: 1 + number / 1024, about }
    })
    server.answer(`/long/${page}`, { json: { models } })
  }
}

it('is applied whole, then only what changed', async () => {
  const count = pageCount * perPage
  serve((number) => `Model ${number}`)
  const first = await pipeline.refresh('long')
  expect(first).toMatchObject({ status: 'applied', entries: count, added: count })
  const chunks = await pipeline.db.$queryRaw<{ name: string; about: string }[]>`
    SELECT name, extra -> 'long' ->> 'about' AS about FROM models ORDER BY length(model_id), model_id`
  expect(chunks.map(({ name }) => name)).toEqual(
    Array.from({ length: count }, (_, number) => `Model ${number}`),
  )
  expect(new Set(chunks.map((row) => row.about))).toEqual(new Set([about]))
  expect(await remerge(pipeline.context)).toEqual([])

  serve((number) => (number % 100 === 13 ? 'Renamed' : `Model ${number}`))
  expect(await pipeline.refresh('long')).toMatchObject({
    status: 'applied',
    updated: 4,
    unchanged: count - 4,
  })
  expect(await pipeline.refresh('long')).toMatchObject({ status: 'unchanged', unchanged: 0 })
})
