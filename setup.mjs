/**
 * Makes the clone ready: installs what package-lock.json asks for and generates the database client.
 * npm scripts start with it, so it costs next to nothing when there is nothing to do. It runs before
 * anything is installed, on whatever Node (20 or newer) the machine has: no imports but Node's own.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))
const inRoot = (path) => join(root, path)
const lockDir = inRoot('.plumbline/setup-lock')
/** Says for which schema the client was generated; written last, so an interrupted run has none. */
const clientStamp = inRoot('src/generated/prisma/.generated-for')
const stepTimeoutMs = 15 * 60_000

const mustGenerate = process.argv.includes('--generate')

if (mustGenerate || !isInstalled() || !isGenerated()) {
  await takeLock()
  // Another set-up may have done the work while this one waited for the lock.
  if (!isInstalled()) install()
  if (mustGenerate || !isGenerated()) generate()
}

/**
 * npm writes node_modules/.package-lock.json as the last act of an install, so the file is both the
 * stamp (absent after an interrupted install) and the record of what is there.
 */
function isInstalled() {
  const wanted = readPackages('package-lock.json')
  const present = readPackages('node_modules/.package-lock.json')
  if (!wanted || !present || !existsSync(inRoot('node_modules/.bin/node'))) return false
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true
    const installed = present[path]
    // Programs for other platforms are optional, and not there.
    return installed ? installed.version === version : optional === true || devOptional === true
  })
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(inRoot(path), 'utf8')).packages
  } catch {
    return undefined
  }
}

function isGenerated() {
  return readText(clientStamp) === generatedFor()
}

/** What the client depends on; the installed Prisma is part of it. */
function generatedFor() {
  const hash = createHash('sha256')
  for (const path of [
    'prisma/schema.prisma',
    'prisma.config.ts',
    'node_modules/prisma/package.json',
  ])
    hash.update(`${path}\0${readText(inRoot(path))}\0`)
  return hash.digest('hex')
}

function install() {
  console.log('Installing the dependencies (about half a minute) …')
  const args = ['ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund']
  // The npm that runs this script, where one does: it need not be the one on the PATH.
  const npm = process.env.npm_execpath
  const done = npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args)
  if (!done)
    fail('The dependencies could not be installed (npm ci): see above, then run this again.')
}

function generate() {
  console.log('Generating the database client …')
  const prisma = inRoot('node_modules/prisma/build/index.js')
  if (!run(inRoot('node_modules/.bin/node'), [prisma, 'generate'], generateEnv()))
    fail(
      'The database client could not be generated (prisma generate): see above, then run this again.',
    )
  writeFileSync(clientStamp, generatedFor())
}

/** `generate` needs no schema engine, yet Prisma downloads one unless it is pointed at a program. */
function generateEnv() {
  const noop = ['/bin/true', '/usr/bin/true'].find((path) => existsSync(path))
  const quiet = { CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' }
  return { ...process.env, ...quiet, ...(noop && { PRISMA_SCHEMA_ENGINE_BINARY: noop }) }
}

/** What a step prints is of interest only when it fails. */
function run(command, args, env = process.env) {
  const step = spawnSync(command, args, {
    cwd: root,
    env,
    encoding: 'utf8',
    timeout: stepTimeoutMs,
  })
  if (step.status === 0) return true
  process.stderr.write(`${step.stdout ?? ''}${step.stderr ?? ''}`)
  if (step.error) console.error(step.error.message)
  return false
}

/** Two at once must not both empty node_modules. Who died with the lock in his hand has lost it. */
async function takeLock() {
  mkdirSync(inRoot('.plumbline'), { recursive: true })
  for (let told = false; !createLock(); told = true) {
    const holder = readText(join(lockDir, 'pid'))
    if (isLockStale(holder)) breakLock(holder)
    else if (!told) console.log('Another set-up runs in this folder: waiting for it …')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  process.once('exit', () => rmSync(lockDir, { recursive: true, force: true }))
}

function createLock() {
  try {
    mkdirSync(lockDir)
    writeFileSync(join(lockDir, 'pid'), String(process.pid))
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isLockStale(holder) {
  const pid = Number(holder)
  try {
    const ageMs = Date.now() - statSync(lockDir).mtimeMs
    // The pid is written a moment after the folder is made.
    if (!(pid > 0)) return ageMs > 5_000
    process.kill(pid, 0)
    return ageMs > 2 * stepTimeoutMs
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

/** The slower of two that find the same stale lock must not remove the faster one's new one. */
function breakLock(holder) {
  const aside = `${lockDir}.${process.pid}`
  try {
    renameSync(lockDir, aside)
    if (readText(join(aside, 'pid')) !== holder) renameSync(aside, lockDir)
  } catch {
    // The other one was faster: look again.
  }
  rmSync(aside, { recursive: true, force: true })
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
