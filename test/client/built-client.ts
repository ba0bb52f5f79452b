/** The client as others get it: built, in a folder of its own in which nothing else is installed. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { projectPath, readProjectFile } from '../support/project.ts'

export interface BuiltClient {
  folder: string
  /** Compiles a TypeScript file of the folder with everything strict; resolves to what the compiler says. */
  check: (file: string) => Promise<string>
  run: (file: string, env?: Record<string, string>) => Program
  remove: () => void
}

export interface Program {
  /** What it has printed so far, by lines. */
  readonly lines: () => string[]
  /** Sends SIGTERM; resolves to the exit code. */
  stop: () => Promise<number | null>
}

const tsc = projectPath('node_modules/.bin/tsc')
const Package = z.object({ name: z.string(), type: z.string(), exports: z.unknown() })

export async function buildClient(): Promise<BuiltClient> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-client-'))
  const installed = join(folder, 'node_modules/plumbline')
  await mkdir(installed, { recursive: true })
  const outDir = join(installed, 'dist')
  await promisify(execFile)(tsc, ['-p', projectPath('tsconfig.build.json'), '--outDir', outDir])
  const { name, type, exports } = Package.parse(JSON.parse(readProjectFile('package.json')))
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name, type, exports }))
  return {
    folder,
    check: (file) => check(folder, file),
    run: (file, env = {}) => run(folder, file, env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function copyExample(name: string, { folder }: BuiltClient): void {
  cpSync(projectPath(`examples/${name}`), join(folder, name), { recursive: true })
}

async function check(folder: string, file: string): Promise<string> {
  await mkdir(join(folder, 'node_modules/@types'), { recursive: true })
  for (const types of ['@types/node', 'undici-types'])
    symlinkSync(projectPath(`node_modules/${types}`), join(folder, 'node_modules', types))
  const strict = ['--strict', '--noEmit', '--exactOptionalPropertyTypes']
  const target = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node']
  try {
    await promisify(execFile)(tsc, [...strict, ...target, file], { cwd: folder })
    return ''
  } catch (error) {
    return z.object({ stdout: z.string() }).parse(error).stdout
  }
}

function run(folder: string, file: string, env: Record<string, string>): Program {
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  return {
    lines: () => printed.split('\n').filter((line) => line !== ''),
    async stop() {
      child.kill('SIGTERM')
      const [code] = (await ended) as [number | null]
      return code
    },
  }
}
