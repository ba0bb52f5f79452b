/**
 * `plumbline worker`, with everything loaded beforehand: it starts when it is told to. Killing one fifty
 * times would otherwise be mostly waiting for modules.
 */
import { once } from 'node:events'
import { runCommandLine } from '../../src/cli/program.ts'

await import('../../src/cli/worker.ts')
await once(process.stdin, 'data')
process.stdin.destroy()
await runCommandLine(['worker'])
