import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryDir } from './support/data-dir.ts'

const setup = fileURLToPath(new URL('../setup.mjs', import.meta.url))

test('makes a fresh clone ready, and then has nothing to do', async () => {
  const clone = freshClone()
  expect(await run(clone)).toEqual({
    code: 0,
    output:
      'Installing the dependencies (about half a minute) …\nGenerating the database client …\n',
  })
  expect(await run(clone)).toEqual({ code: 0, output: '' })
  expect(installs(clone)).toBe(1)
})

test('installs again when the lock file asks for another version', async () => {
  const clone = freshClone()
  await run(clone)
  lockVersion(clone, '2.0.0')
  expect((await run(clone)).output).toContain('Installing')
  expect((await run(clone)).output).toBe('')
})

test('installs again after an install that was interrupted', async () => {
  const clone = freshClone()
  await run(clone)
  rmSync(join(clone, 'node_modules/.package-lock.json'))
  expect((await run(clone)).output).toContain('Installing')
})

test('does not miss the programs for other platforms', async () => {
  const clone = freshClone()
  lockVersion(clone, '1.0.0', {
    'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  })
  await run(clone)
  expect((await run(clone)).output).toBe('')
})

test('generates again when the schema changed, and when asked to', async () => {
  const clone = freshClone()
  await run(clone)
  writeFileSync(join(clone, 'prisma/schema.prisma'), 'another schema')
  expect((await run(clone)).output).toBe('Generating the database client …\n')
  expect((await run(clone, ['--generate'])).output).toBe('Generating the database client …\n')
  expect((await run(clone)).output).toBe('')
})

test('shows what npm said and ends with 1 when the install fails', async () => {
  const clone = freshClone()
  writeFileSync(join(clone, 'npm.js'), 'console.error("npm error network"); process.exit(7)')
  const { code, output } = await run(clone)
  expect(code).toBe(1)
  expect(output).toContain('npm error network\nThe dependencies could not be installed (npm ci)')
})

test('two at the same time install once', async () => {
  const clone = freshClone()
  const both = await Promise.all([run(clone), run(clone)])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(installs(clone)).toBe(1)
})

test('the lock of a set-up that was killed is not waited for', async () => {
  const clone = freshClone()
  mkdirSync(join(clone, '.plumbline/setup-lock'), { recursive: true })
  writeFileSync(join(clone, '.plumbline/setup-lock/pid'), '4194303')
  expect((await run(clone)).code).toBe(0)
  expect(existsSync(join(clone, '.plumbline/setup-lock'))).toBe(false)
})

/** With an npm and a Prisma that do what the real ones leave behind, and nothing else. */
function freshClone(): string {
  const clone = temporaryDir()
  cpSync(setup, join(clone, 'setup.mjs'))
  mkdirSync(join(clone, 'prisma'))
  writeFileSync(join(clone, 'prisma/schema.prisma'), 'a schema')
  writeFileSync(join(clone, 'npm.js'), npm)
  lockVersion(clone, '1.0.0')
  return clone
}

const npm = `
  const { appendFileSync, cpSync, mkdirSync, rmSync, symlinkSync, readFileSync, writeFileSync } = require('node:fs')
  appendFileSync('installs.log', process.argv.slice(2).join(' ') + '\\n')
  rmSync('node_modules', { recursive: true, force: true })
  mkdirSync('node_modules/.bin', { recursive: true })
  symlinkSync(process.execPath, 'node_modules/.bin/node')
  mkdirSync('node_modules/prisma/build', { recursive: true })
  writeFileSync('node_modules/prisma/build/index.js', "require('node:fs').mkdirSync('src/generated/prisma', { recursive: true })")
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  for (const [path, entry] of Object.entries(lock.packages)) if (path === '' || entry.optional) delete lock.packages[path]
  writeFileSync('node_modules/.package-lock.json', JSON.stringify(lock))`

function lockVersion(clone: string, version: string, others = {}): void {
  const packages = { '': { name: 'clone' }, 'node_modules/prisma': { version }, ...others }
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ packages }))
}

function installs(clone: string): number {
  return readFileSync(join(clone, 'installs.log'), 'utf8').trim().split('\n').length
}

async function run(
  clone: string,
  args: string[] = [],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['setup.mjs', ...args], {
    cwd: clone,
    env: { ...process.env, npm_execpath: join(clone, 'npm.js') },
  })
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  await closed
  return { code: child.exitCode, output: out + err }
}
