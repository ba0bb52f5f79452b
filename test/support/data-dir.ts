import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { processInfo } from '../../src/embedded/process-info.ts'

/** The folder of `npm run up` in this clone: Redis, once downloaded, is taken from there. */
export const cacheDir = fileURLToPath(new URL('../../.plumbline', import.meta.url))

const folderPrefix = 'plumbline-test-'

/**
 * An empty folder until the test is over, entered by any account: as root, PostgreSQL runs under
 * another one.
 */
export function temporaryDir(): string {
  const dir = makeDir()
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** As temporaryDir, for as long as the caller likes. */
export function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
  chmodSync(dir, 0o711)
  return dir
}

/** A run that was killed leaves its folders; its servers end by themselves. */
export function removeDirsOfTheDead(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    if (processInfo(Number.parseInt(name.slice(folderPrefix.length)))) continue
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
    } catch {
      // another user's
    }
  }
}
