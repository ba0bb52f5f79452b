/** The sources as the architecture test sees them: lines without comments, and what they import. */
import { posix } from 'node:path'
import { listProjectFiles, readProjectFile } from './project.ts'

export interface SourceFile {
  /** Relative to the root: `src/catalog/merge.ts`. */
  path: string
  /** By line; lines of comments are empty. */
  code: readonly string[]
  imports: readonly Import[]
}

export interface Import {
  /** From 1. */
  line: number
  /** A path from the root where it is a file of ours, else the name of the package. */
  target: string
  isOurs: boolean
  isTypeOnly: boolean
  /** `export … from …` */
  isReExport: boolean
}

/** Everything that is written by hand. */
export function readSources(): SourceFile[] {
  return listProjectFiles('src')
    .filter((path) => path.endsWith('.ts') && !path.startsWith('src/generated/'))
    .map((path) => readSource(path, readProjectFile(path)))
}

export function readSource(path: string, text: string): SourceFile {
  const code = withoutComments(text.split('\n'))
  return { path, code, imports: findImports(path, code.join('\n')) }
}

function withoutComments(lines: readonly string[]): string[] {
  let isInside = false
  return lines.map((line) => {
    const isComment = isInside || /^\s*\/[*/]/.test(line)
    if (isComment) isInside = !line.includes('*/') && (isInside || !/^\s*\/\//.test(line))
    return isComment ? '' : line.replace(/\s\/\/ .*$/, '')
  })
}

// prettier puts each statement at the beginning of a line, which is what this relies on.
const importStatement =
  /^(?:import|export)\s+(type\s+)?(?:[\w\s{},*$]+\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm

function findImports(path: string, code: string): Import[] {
  return [...code.matchAll(importStatement)].map((match) => {
    const [statement, type, name, dynamic] = match
    const specifier = name ?? dynamic ?? ''
    const isOurs = specifier.startsWith('.')
    return {
      line: code.slice(0, match.index).split('\n').length,
      target: isOurs ? posix.join(posix.dirname(path), specifier) : packageOf(specifier),
      isOurs,
      isTypeOnly: type !== undefined || hasOnlyTypes(statement),
      isReExport: statement.startsWith('export'),
    }
  })
}

/** `import { type A, type B } from …` */
function hasOnlyTypes(statement: string): boolean {
  const names =
    /\{([^}]*)\}/
      .exec(statement)?.[1]
      ?.split(',')
      .map((name) => name.trim()) ?? []
  const stated = names.filter((name) => name !== '')
  return stated.length > 0 && stated.every((name) => name.startsWith('type '))
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}
