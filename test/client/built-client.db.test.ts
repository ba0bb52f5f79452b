import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApi, type LabModel, type TestApi } from '../http/api-fixture.ts'
import { buildClient, copyExample, type BuiltClient, type Program } from './built-client.ts'

const gpt: LabModel = {
  provider: 'openai',
  id: 'gpt-5',
  name: 'GPT-5',
  input: '1.25',
  output: '10',
}
const claude: LabModel = { provider: 'anthropic', id: 'claude', name: 'Claude', input: '3' }

let api: TestApi
let client: BuiltClient
beforeAll(async () => {
  api = await openApi([gpt, claude])
  client = await buildClient()
})
afterAll(async () => {
  client.remove()
  await api.close()
})

const until = { timeout: 20_000 }

const follower = `
import { followCatalog } from 'plumbline/client'
for (const name of ['ioredis', 'pg', 'zod'])
  await import(name).then(() => console.log(name, 'is here'), () => {})
const follower = await followCatalog({
  url: process.env.API_URL,
  onChange: (change) => console.log(JSON.stringify([change.version, change.updated])),
})
console.log('from', follower.version)
process.once('SIGTERM', () => follower.close())
`

const typed = `
import { followCatalog, mirrorCatalog, type CatalogChange } from 'plumbline/client'
const seen: CatalogChange[] = []
const follower = await followCatalog({ url: 'http://x', onChange: (change) => void seen.push(change) })
const overRedis = await followCatalog({ redisUrl: 'redis://x', onChange: () => {} })
const mirror = await mirrorCatalog({ url: 'http://x', apiKey: 'plb_x' })
const price: string | undefined = mirror.get('openai/gpt-5')?.prices.input
const stale: boolean = follower.isStale() || overRedis.isStale(10)
export { price, stale }
// @ts-expect-error: neither by Redis nor by HTTP
await followCatalog({ onChange: () => {} })
`

async function port(program: Program): Promise<string> {
  const found = () => program.lines().flatMap((line) => /^http:\/\/\S+:\d+/.exec(line) ?? [])
  await expect.poll(found, until).toHaveLength(1)
  return found()[0] ?? ''
}

describe('the built client', () => {
  it('follows the API from plain JavaScript, with nothing installed beside it', async () => {
    writeFileSync(join(client.folder, 'follow.js'), follower)
    writeFileSync(join(client.folder, 'package.json'), '{"type":"module"}')
    const program = client.run('follow.js', { API_URL: api.url })
    const from = api.context.watch.version ?? 0
    await expect.poll(program.lines, until).toEqual([`from ${from}`])
    await api.list([{ ...gpt, input: '1' }, claude])
    await expect
      .poll(program.lines, until)
      .toEqual([
        `from ${from}`,
        JSON.stringify([from + 1, [{ id: 'openai/gpt-5', fields: ['price.input'] }]]),
      ])
    expect(await program.stop()).toBe(0)
  })

  it('has types that need no library’s', async () => {
    writeFileSync(join(client.folder, 'typed.ts'), typed)
    expect(await client.check('typed.ts')).toBe('')
  })
})

describe('the example price-watch', () => {
  it('says what changes, and answers what a model costs', async () => {
    await api.list([{ ...gpt, input: '1' }, claude])
    copyExample('price-watch', client)
    const program = client.run('price-watch/index.js', { PLUMBLINE_URL: api.url, PORT: '0' })
    const url = await port(program)
    expect(program.lines()[0]).toBe(`2 models at version ${api.context.watch.version}`)

    await api.list([
      { ...gpt, input: '0.5' },
      { ...claude, id: 'claude-2' },
    ])
    // The two providers are two versions, which are told one by one or together.
    const told = () =>
      program
        .lines()
        .slice(2)
        .map((line) => line.replace(/^v\d+ /, ''))
        .toSorted()
    await expect
      .poll(told, until)
      .toEqual([
        'gone anthropic/claude',
        expect.stringMatching(/^new anthropic\/claude-2: 3 in, \? out/),
        expect.stringMatching(/^openai\/gpt-5: 1 in, 10 out .* -> 0.5 in, 10 out \(USD/),
      ])
    expect(
      program
        .lines()
        .slice(2)
        .every((line) => /^v\d+ /.test(line)),
    ).toBe(true)
    const answer = await fetch(`${url}/openai%2Fgpt-5`)
    expect([answer.status, answer.headers.get('x-catalog-stale')]).toEqual([200, 'false'])
    expect(await answer.json()).toMatchObject({
      version: api.context.watch.version,
      state: 'priced',
      input: '0.5',
    })
    expect((await fetch(`${url}/openai/nothing`)).status).toBe(404)
    expect(await program.stop()).toBe(0)
  })
})
