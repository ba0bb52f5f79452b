/**
 * Real payloads that lie beside the project where it is developed. They are test inputs only; a plain
 * clone does without them, and the tests that need them say so.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const root = new URL('../../../shared/data/', import.meta.url)

export const hasSharedData = existsSync(root)
/** For titles of tests that are skipped without it. */
export const sharedDataNote = hasSharedData ? '' : ' (skipped: ../shared/data is not here)'

/** Names of the files of a folder, e.g. `models-dev`, sorted. */
export function sharedFiles(folder: string, ending: string): string[] {
  if (!hasSharedData) return []
  return readdirSync(new URL(`${folder}/`, root))
    .filter((name) => name.endsWith(ending))
    .sort()
}

/** The text of a file, unpacked where it ends in .gz. */
export function readShared(path: string): string {
  const bytes = readFileSync(new URL(path, root))
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}
