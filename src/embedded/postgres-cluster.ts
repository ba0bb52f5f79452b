/** Where the embedded PostgreSQL keeps its files, who owns them, and how they come to be. */
import { execFile, execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { PlumblineError } from '../errors.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { Account } from './server-process.ts'

export interface PostgresOptions {
  dataDir: string
  /** `throwaway` gives up what survives a crash, and passwords, for speed: for tests. */
  mode: 'durable' | 'throwaway'
  /** What a person who waits wants to know, a line at a time. */
  log: (line: string) => void
  /** Default: one that is free now. */
  port?: number
}

export interface Cluster {
  /** PostgreSQL's data directory. */
  dir: string
  /** Undefined: the server runs as we do. PostgreSQL refuses to run as root. */
  account: Account | undefined
  /** Undefined for a throwaway cluster, which trusts whoever reaches 127.0.0.1. */
  password: string | undefined
}

/** The one superuser of an embedded cluster. */
export const superuser = 'plumbline'

/** Nothing of the owner's environment (keys, PG… variables, an odd locale) reaches the server. */
export const serverEnv = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }

const run = promisify(execFile)

/** Undefined unless we are root. The data stays with the account that made it. */
export function serverAccount(dataDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = statSync(join(dataDir, 'postgres'), { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = [idOf('-u', name), idOf('-g', name)]
    if (uid && gid) return { uid, gid }
  }
  throw new PlumblineError(
    'config_invalid',
    'PostgreSQL refuses to run as root, and there is no other account.',
    { nextStep: 'Run as another user, create an account named postgres, or set DATABASE_URL.' },
  )
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  } catch {
    return undefined
  }
}

/** Finds the cluster of the data folder or creates it. */
export async function openCluster(
  options: PostgresOptions,
  binaries: PostgresBinaries,
  account: Account | undefined,
): Promise<Cluster> {
  const home = await reachableHome(options, account)
  const password = options.mode === 'durable' ? passwordOf(options.dataDir) : undefined
  const cluster = { dir: join(home, 'cluster'), account, password }
  if (!existsSync(cluster.dir)) await initialise(cluster, binaries, options)
  return cluster
}

/** Below a folder that only root may enter (/root/…), the server's account cannot reach its own data. */
async function reachableHome(
  options: PostgresOptions,
  account: Account | undefined,
): Promise<string> {
  const home = join(realpathSync(options.dataDir), 'postgres')
  if (!account) {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    return home
  }
  const isNew = !existsSync(home)
  chmodSync(dirname(home), statSync(dirname(home)).mode | 0o011)
  if (await canUse(ownedFolder(home, account), account)) return home
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 12)
  const elsewhere = `/var/tmp/plumbline-data-${hash}`
  // Whoever removed the data folder meant the data.
  if (isNew) rmSync(elsewhere, { recursive: true, force: true })
  ownedFolder(elsewhere, account)
  options.log(
    `PostgreSQL's files are in ${elsewhere}: its account may not enter ${options.dataDir}.`,
  )
  return elsewhere
}

function ownedFolder(folder: string, account: Account): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  if (stat.uid === 0 && stat.isDirectory()) chownSync(folder, account.uid, account.gid)
  else if (stat.uid !== account.uid || !stat.isDirectory())
    throw new PlumblineError(
      'config_invalid',
      `${folder} belongs to another account than PostgreSQL runs under.`,
      {
        nextStep: `Start as the user who made it, remove ${folder}, or set DATABASE_URL.`,
      },
    )
  return folder
}

async function canUse(folder: string, account: Account): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'cd "$0" && test -w .', folder], { cwd: '/', ...account })
    return true
  } catch {
    return false
  }
}

function passwordOf(dataDir: string): string {
  const file = join(dataDir, 'postgres-password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** Builds beside the place and moves: a kill half-way leaves no half cluster. */
async function initialise(
  cluster: Cluster,
  binaries: PostgresBinaries,
  options: PostgresOptions,
): Promise<void> {
  options.log('Creating a PostgreSQL database …')
  const building = `${cluster.dir}.building`
  const passwordFile = `${cluster.dir}.password`
  rmSync(building, { recursive: true, force: true })
  writeFileSync(passwordFile, cluster.password ?? superuser, { mode: 0o600 })
  if (cluster.account) chownSync(passwordFile, cluster.account.uid, cluster.account.gid)
  try {
    const args = [`--pgdata=${building}`, `--pwfile=${passwordFile}`, ...initdbFlags[options.mode]]
    await run(binaries.initdb, args, { cwd: '/', env: serverEnv, ...cluster.account })
    renameSync(building, cluster.dir)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PlumblineError('config_invalid', `PostgreSQL's initdb failed: ${reason.trim()}`, {
      cause: error,
      nextStep: 'Set DATABASE_URL to a PostgreSQL server of your own.',
    })
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

// The built-in locale sorts the same on every machine and needs none of the system's.
const commonFlags = [
  `--username=${superuser}`,
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
]
const initdbFlags = {
  durable: [...commonFlags, '--auth=scram-sha-256', '--data-checksums'],
  throwaway: [...commonFlags, '--auth=trust', '--no-sync', '--no-data-checksums'],
}
