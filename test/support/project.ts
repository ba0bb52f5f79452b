/** The project as files, for the tests that look at it as a whole. Paths are relative to its root. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Absolute. */
export function projectPath(path: string): string {
  return join(root, path)
}

export function readProjectFile(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

export function projectHas(path: string): boolean {
  return existsSync(join(root, path))
}

/** Files below a folder, sorted. */
export function listProjectFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}
