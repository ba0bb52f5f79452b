import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processInfo } from '../../src/embedded/process-info.ts'
import { labModels, openCommandLine, type CommandLine } from './command-line.ts'

let line: CommandLine
beforeEach(async () => {
  line = await openCommandLine()
})
afterEach(() => line.close())

describe('up', () => {
  it('starts what is not given, fills the catalog, is found by other commands, and stops everything', async () => {
    line.list(labModels(3))
    // Redis is given, so that nothing has to be downloaded.
    const ownDatabase = { DATABASE_URL: undefined }
    const up = line.start(['up'], ownDatabase)
    await up.printed('Ctrl-C stops')
    const { stdout } = await line.run(['models', 'list', '--json'], ownDatabase)
    expect(JSON.parse(stdout)).toMatchObject({ total: 3 })
    const second = await line.run(['up'], ownDatabase)
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`process ${up.child.pid}`)
    up.child.kill('SIGINT')
    const ended = await up.ended
    expect(ended.code).toBe(0)
    expect(ended.stdout).toContain('Catalog: 3 models of 1 provider')
    expect(ended.stderr).toMatch(/✓ lab applied/)
    expect(processInfo(up.child.pid ?? 0)).toBeUndefined()
    expect((await line.run(['models', 'list'], ownDatabase)).code).toBe(1)
  })

  it('goes on serving when nothing could be reached, and says so', async () => {
    line.lab.answer('/v1/models', { status: 503 })
    const up = line.start(['up'])
    await up.printed('Not refreshed: lab')
    await up.printed('Ctrl-C stops')
    const url = /http:\/\/[\d.]+:\d+/.exec(up.stdout())?.[0]
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    up.child.kill('SIGTERM')
    expect((await up.ended).code).toBe(0)
  })
})
