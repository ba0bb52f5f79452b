import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The folder of `npm run up` in this clone: Redis, once downloaded, is taken from there. */
export const cacheDir = fileURLToPath(new URL('../../.plumbline', import.meta.url))

/**
 * An empty folder until the test is over, entered by any account: as root, PostgreSQL runs under
 * another one.
 */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'plumbline-dir-'))
  chmodSync(dir, 0o711)
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
