import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryDir } from '../support/data-dir.ts'
import { labModels, openCommandLine, type CommandLine } from './command-line.ts'

let line: CommandLine
beforeAll(async () => {
  line = await openCommandLine()
  line.list(labModels(3))
  const worker = await line.startWorker()
  await line.run(['refresh', '--wait'])
  worker.child.kill('SIGTERM')
  await worker.ended
})
afterAll(() => line.close())

interface ChangeView {
  version: number
  id: string
  kind: string
  upstream: string | null
  changes: { field: string; from: unknown; to: unknown }[]
}

describe('override', () => {
  it('sets a field at once, tells it to those who follow, and clears it again', async () => {
    // From the start: what a tail without it begins with depends on who is faster.
    const tail = line.start(['events', 'tail', '--since', '0', '--json'])
    const set = await line.json<{ version: number }>([
      'override',
      'set',
      'lab/model-1',
      'price.input',
      '1.250',
      '--reason',
      'by contract',
    ])
    await tail.printed(`"version":${set.version}`)
    tail.child.kill('SIGINT')
    expect((await tail.ended).code).toBe(0)
    const model = await line.json<{ prices: object; overrides: object[] }>([
      'models',
      'info',
      'lab/model-1',
    ])
    expect(model).toMatchObject({
      prices: { state: 'priced', input: '1.25' },
      provenance: { 'price.input': 'override' },
      overrides: [{ field: 'price.input', value: '1.25', reason: 'by contract' }],
    })
    const cleared = await line.json<{ version: number }>([
      'override',
      'clear',
      'lab/model-1',
      'price.input',
    ])
    expect(cleared.version).toBe(set.version + 1)
    expect(await line.json(['override', 'list'])).toEqual([])
    const changes = await line.json<ChangeView[]>(['changes', '--since', String(set.version - 1)])
    expect(changes).toMatchObject([
      {
        version: set.version,
        id: 'lab/model-1',
        kind: 'updated',
        upstream: null,
        changes: [{ field: 'price.input', from: null, to: '1.25' }],
      },
      { version: cleared.version, changes: [{ field: 'price.input', from: '1.25', to: null }] },
    ])
  })

  it.each([
    ['a value of the wrong kind', ['lab/model-1', 'vision', 'perhaps'], 2],
    ['a field that does not exist', ['lab/model-1', 'colour', 'red'], 2],
    ['a negative price', ['lab/model-1', 'price.input', '--', '-1'], 2],
    ['a model that does not exist', ['lab/nothing', 'vision', 'true'], 1],
  ])('refuses %s', async (_case, args, exitCode) => {
    const { code, stderr } = await line.run(['override', 'set', ...args])
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: expect.stringMatching(/^error /) })
  })
})

describe('models', () => {
  it('says what was probably meant, and exits 1', async () => {
    const { code, stderr } = await line.run(['models', 'info', 'model-1'])
    expect(code).toBe(1)
    expect(stderr).toContain('Did you mean lab/model-1')
  })

  it('prints a table without colours in a pipe, and colours when they are forced', async () => {
    const plain = await line.run(['models', 'list'])
    expect(plain.stdout.split('\n')[1]).toMatch(/^lab\/model-0 .* 128,000 {2}active {2}Model 0$/)
    const forced = await line.run(['models', 'list'], { FORCE_COLOR: '1' })
    expect(forced.stdout).toContain('\u001B[32mactive')
  })
})

describe('what several upstreams say', () => {
  it('is no conflict where there is one upstream', async () => {
    expect((await line.run(['conflicts'])).stdout).toBe('No conflicts.\n')
    expect(await line.json(['conflicts', '--limit', '2'])).toEqual({
      total: 0,
      page: 1,
      limit: 2,
      models: [],
    })
  })

  it('is an offer each', async () => {
    const { stdout } = await line.run(['models', 'offers', 'lab/model-1'])
    expect(stdout.split('\n')[0]).toMatch(/^provider +id +in \$\/M +out \$\/M +context +lifecycle$/)
    expect(await line.json(['models', 'offers', 'lab/model-1'])).toMatchObject({
      offers: [
        { id: 'lab/model-1', sameBy: 'itself', contextWindow: 128_000, lifecycle: 'active' },
      ],
    })
    const { code, stderr } = await line.run(['models', 'offers', 'lab/model-9x'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('no model') })
  })
})

describe('upstreams', () => {
  it('says whether the adapter is verified, and which fields it does not read', async () => {
    expect((await line.run(['upstreams'])).stdout).toMatch(/^upstream .* verified +last error/)
    expect(await line.json(['upstreams', 'show', 'lab'])).toMatchObject({ verified: true })
    expect(await line.json(['upstreams', 'show', 'vllm'])).toMatchObject({
      verified: false,
      fields: expect.any(Object),
    })
    expect((await line.run(['upstreams', 'show', 'vllm'])).stdout).toMatch(/^verified +no: /m)
  })
})

describe('export', () => {
  it('writes a document that is JSON, to a file or to stdout', async () => {
    const file = join(temporaryDir(), 'api.json')
    expect((await line.run(['export', 'models-dev', '--output', file])).code).toBe(0)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      lab: { models: { 'model-0': { limit: { context: 128_000 } } } },
    })
    const { stdout } = await line.run(['export', 'litellm'])
    expect(Object.keys(JSON.parse(stdout))).toHaveLength(3)
  })
})

describe('doctor', () => {
  it('exits 0 with warnings, and 1 when something is missing', async () => {
    const well = await line.run(['doctor', '--json'])
    expect(well.code).toBe(0)
    const unreachable = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
    const ill = await line.run(['doctor'], unreachable)
    expect(ill.code).toBe(1)
    expect(ill.stdout).toMatch(/^fail {2}postgresql/m)
    expect(ill.stdout).not.toMatch(/ schema /)
  })
})
