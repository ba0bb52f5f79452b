import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCommandLine, type CommandLine } from './command-line.ts'

let line: CommandLine
beforeAll(async () => {
  line = await openCommandLine()
})
afterAll(() => line.close())

interface Made {
  id: string
  key: string
}

it('a key is made, shown once, listed without its secret, and revoked', async () => {
  const made = await line.json<Made>([
    'keys',
    'create',
    'billing',
    '--tier',
    'pro',
    '--expires',
    '90d',
  ])
  expect(made.key).toMatch(/^plb_[0-9a-f]{12}_[\w-]{43}$/)
  const { stdout } = await line.run(['keys', 'list'])
  expect(stdout).toMatch(new RegExp(`${made.id} .*billing .*read .*pro .*active`))
  expect(stdout).not.toContain(made.key.slice(-20))
  await line.json(['keys', 'revoke', made.id])
  expect(await line.json(['keys', 'list'])).toMatchObject([
    { id: made.id, revokedAt: expect.any(String) },
  ])
})

it.each([
  [['create', 'billing', '--scope', 'everything'], 2],
  [['create', 'billing', '--expires', 'never'], 2],
  [['revoke', 'nothing'], 1],
])('keys %j is refused', async (args, exitCode) => {
  const { code, stderr } = await line.run(['keys', ...args])
  expect({ code, stderr }).toEqual({ code: exitCode, stderr: expect.stringMatching(/^error/) })
})
