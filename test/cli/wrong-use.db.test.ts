import { describe, expect, it, onTestFinished } from 'vitest'
import { createEmptyDatabase } from '../support/database.ts'
import { openCommandLine, type CommandLine } from './command-line.ts'

async function open(): Promise<CommandLine> {
  const line = await openCommandLine()
  onTestFinished(() => line.close())
  return line
}

describe('the command line', () => {
  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['models', 'list', '--sort', 'colour'], 'release_date'],
    [['refresh', '--dry-run', '--wait'], 'cannot be used with'],
    [['holds', 'approve'], '--all'],
  ])('exits 2 on wrong use: %j', async (args, hint) => {
    const line = await open()
    const { code, stdout, stderr } = await line.run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(hint)
  })

  it('says where a database comes from when there is none', async () => {
    const line = await open()
    const { code, stderr } = await line.run(['runs'], { DATABASE_URL: undefined })
    expect(code).toBe(1)
    expect(stderr).toContain('npm run up')
  })

  it('lists every wrong setting at once', async () => {
    const line = await open()
    const { code, stderr } = await line.run(['worker'], { PORT: 'x', REFRESH_ATTEMPTS: '0' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/PORT .*\n.*REFRESH_ATTEMPTS/)
  })

  it('explains every setting in config --help, and shows no secret', async () => {
    const line = await open()
    expect((await line.run(['config', '--help'])).stdout).toContain('REFRESH_ATTEMPTS (default 4)')
    const { stdout } = await line.run(['config'], { ADMIN_API_KEY: 'not-to-be-seen' })
    expect(stdout).toContain('ADMIN_API_KEY=[redacted]')
    expect(stdout).not.toContain('not-to-be-seen')
  })
})

describe('a database of another schema', () => {
  it.each(['worker', 'api'])('%s does not start and names the remedy', async (command) => {
    const line = await open()
    const empty = await createEmptyDatabase()
    onTestFinished(() => empty.drop())
    const env = { DATABASE_URL: empty.url }
    const refused = await line.run([command], env)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('plumbline migrate')
    const migrated = await line.run(['migrate', '--json'], env)
    expect(JSON.parse(migrated.stdout)).toEqual({
      applied: expect.arrayContaining([expect.stringContaining('init')]),
    })
    expect((await line.run(['migrate'], env)).stdout).toContain('up to date')
  })
})
