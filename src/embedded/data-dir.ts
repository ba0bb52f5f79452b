/**
 * One process at a time runs servers on a data folder. `servers.json` says who, and where the servers
 * listen: it is the lock, and it is what commands in another terminal read. A file whose process has
 * died counts as absent.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { PlumblineError } from '../errors.ts'
import { isSameProcess, processInfo } from './process-info.ts'

export interface RunningServers {
  pid: number
  databaseUrl: string
  redisUrl: string
}

const ServersFile = z.object({
  pid: z.number(),
  processStartedAt: z.string(),
  /** Absent while the servers start. */
  urls: z.object({ databaseUrl: z.string(), redisUrl: z.string() }).optional(),
})
type ServersFile = z.infer<typeof ServersFile>

export interface DataDirLock {
  /** Tells other commands where the servers are. */
  readonly publish: (urls: { databaseUrl: string; redisUrl: string }) => void
  /** Idempotent. */
  readonly release: () => void
}

/** Where the servers of this data folder listen; undefined when nobody runs them. */
export function readServers(dataDir: string): RunningServers | undefined {
  const file = parseFile(readText(pathIn(dataDir)))
  if (!file?.urls || !isAlive(file)) return undefined
  return { pid: file.pid, ...file.urls }
}

/** Throws `config_invalid` with the holder's pid and URLs when another process has the folder. */
export function lockDataDir(dataDir: string): DataDirLock {
  mkdirSync(dataDir, { recursive: true })
  const path = pathIn(dataDir)
  const processStartedAt = processInfo(process.pid)?.startedAt ?? 'unknown'
  const own = { pid: process.pid, processStartedAt } satisfies ServersFile
  while (!createExclusively(path, JSON.stringify(own))) {
    const text = readText(path)
    const holder = parseFile(text)
    if (holder && isAlive(holder)) throw heldBy(holder, dataDir)
    if (text !== undefined) moveAside(path, text)
  }
  return {
    publish(urls) {
      // Written beside and moved, so that nobody reads half of it.
      const next = `${path}.${process.pid}`
      writeFileSync(next, `${JSON.stringify({ ...own, urls }, null, 2)}\n`, { mode: 0o600 })
      renameSync(next, path)
    },
    release() {
      const file = parseFile(readText(path))
      if (file?.pid === own.pid && file.processStartedAt === processStartedAt)
        rmSync(path, { force: true })
    },
  }
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'servers.json')
}

function isAlive(file: ServersFile): boolean {
  return isSameProcess(file.pid, file.processStartedAt)
}

function heldBy(holder: ServersFile, dataDir: string): PlumblineError {
  const where = holder.urls
    ? `PostgreSQL at ${withoutPassword(holder.urls.databaseUrl)}, Redis at ${withoutPassword(holder.urls.redisUrl)}`
    : 'still starting'
  return new PlumblineError(
    'config_invalid',
    `plumbline already runs on ${dataDir}: process ${holder.pid}, ${where}.`,
    { nextStep: 'Use that one, stop it, or set PLUMBLINE_DATA_DIR to another folder.' },
  )
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1@')
}

function createExclusively(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Two starters may find the same stale file; the slower one must not remove the faster one's new one. */
function moveAside(path: string, staleText: string): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
    if (readText(aside) !== staleText) linkSync(aside, path)
  } catch {
    // The other one was faster: look again.
  } finally {
    rmSync(aside, { force: true })
  }
}

function parseFile(text: string | undefined): ServersFile | undefined {
  try {
    return ServersFile.parse(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
