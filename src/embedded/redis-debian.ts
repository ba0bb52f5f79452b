/**
 * Debian's and Ubuntu's Redis without installing it: the packages are downloaded and unpacked into the
 * data folder, with the shared libraries that the machine lacks. Nothing outside that folder changes,
 * but for apt's package lists where they are missing and we are root.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface RedisBinary {
  command: string
  env?: Record<string, string>
}

const run = promisify(execFile)
// A machine without internet must not make anybody wait for apt's own retries.
const aptOptions = [
  '-o',
  'Acquire::Retries=0',
  '-o',
  'Acquire::http::Timeout=10',
  '-o',
  'Acquire::https::Timeout=10',
]
const asRoot = ['-o', 'APT::Sandbox::User=root']
const packages = ['redis-server', 'redis-tools']

/** Undefined where there is no apt, no internet, or the binary does not run. */
export async function debianRedis(
  cacheDir: string,
  log: (line: string) => void,
): Promise<RedisBinary | undefined> {
  const unpacked = join(cacheDir, 'redis-debian')
  if (existsSync(unpacked)) return binaryIn(unpacked)
  const building = `${unpacked}.${process.pid}`
  try {
    await run('apt-get', ['--version'])
    log('Downloading Redis (about 1 MB, unpacked into the data folder, not installed) …')
    mkdirSync(building, { recursive: true })
    await download(building, packages)
    await addMissingLibraries(building)
    renameSync(building, unpacked)
    return binaryIn(unpacked)
  } catch {
    // Another process may have been first; else the next rung of the ladder has to do.
    return existsSync(unpacked) ? binaryIn(unpacked) : undefined
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
}

function binaryIn(root: string): RedisBinary {
  const folders = ['usr/lib', 'lib']
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
  const perArchitecture = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.includes('-linux-'))
      .map((name) => join(folder, name)),
  )
  return {
    command: join(root, 'usr/bin/redis-server'),
    env: { LD_LIBRARY_PATH: perArchitecture.join(':') },
  }
}

async function download(root: string, names: string[]): Promise<void> {
  const isRoot = process.getuid?.() === 0
  const options = [...aptOptions, ...(isRoot ? asRoot : [])]
  const get = (): Promise<unknown> =>
    run('apt-get', [...options, 'download', ...names], { cwd: root, timeout: 60_000 })
  try {
    await get()
  } catch (error) {
    if (!isRoot || !listsAreOld.test(String(error))) throw error
    await run('apt-get', [...options, 'update'], { timeout: 60_000 })
    await get()
  }
  for (const deb of debsIn(root)) await run('dpkg', ['-x', deb, root], { cwd: root })
}

/** What apt says when its package lists are missing, or name a package that was replaced since. */
const listsAreOld = /Unable to locate package|no installation candidate|Can't find a source|404 /

function debsIn(root: string): string[] {
  return readdirSync(root).filter((name) => name.endsWith('.deb'))
}

/** A library may need others in turn; three rounds reach the end of Redis' dependencies. */
async function addMissingLibraries(root: string): Promise<void> {
  for (let round = 1; round <= 3 && (await lacksLibraries(root)); round++)
    await download(root, await dependenciesOf(root))
  if (await lacksLibraries(root)) throw new Error('Some of the libraries could not be found.')
}

async function lacksLibraries(root: string): Promise<boolean> {
  const { command, env } = binaryIn(root)
  const { stdout } = await run('ldd', [command], { env: { PATH: '/usr/bin:/bin', ...env } })
  return stdout.includes('not found')
}

// The C library belongs to the machine's own loader and must not be mixed with another.
const never = /^(libc6|libc-bin|debconf|adduser|lsb-base|init-.*|sysvinit.*|systemd.*)$/

async function dependenciesOf(root: string): Promise<string[]> {
  const debs = debsIn(root)
  const names = new Set<string>()
  for (const deb of debs) {
    const { stdout } = await run('dpkg-deb', ['--field', deb, 'Depends'], { cwd: root })
    for (const dependency of stdout.split(',')) {
      const name = /^[a-z0-9][a-z0-9.+-]+/.exec(dependency.trim())?.[0]
      const isHere = debs.some((other) => name !== undefined && other.startsWith(`${name}_`))
      if (name !== undefined && !isHere && !never.test(name)) names.add(name)
    }
  }
  return [...names]
}
