/**
 * A process that refreshes again and again without a queue: nothing keeps it from meeting the others
 * of its kind in the same run and the same slice. Arguments: refreshes, then the upstream's id. Prints
 * one line of JSON: how often each error code came.
 */
import { loadConfig } from '../../src/config.ts'
import { createContext } from '../../src/context.ts'
import { toPlumblineError } from '../../src/errors.ts'
import { closeCollect } from '../../src/refresh/close-collect.ts'
import { collectUpstream } from '../../src/refresh/collect-upstream.ts'
import { refreshProvider } from '../../src/refresh/refresh-provider.ts'

const [, , refreshes = '1', upstream = ''] = process.argv
const context = createContext(loadConfig())
const job = {
  upstream,
  jobId: String(process.pid),
  trigger: 'manual' as const,
  isLastAttempt: true,
}
const failures: Record<string, number> = {}

function note(thrown: unknown): void {
  const { code, message } = toPlumblineError(thrown)
  const known = code === 'internal' ? `internal: ${message}` : code
  failures[known] = (failures[known] ?? 0) + 1
}

for (let refresh = 0; refresh < Number(refreshes); refresh++)
  await collectUpstream(context, job, async ({ runId, fence }, slices) => {
    for (const slice of slices) await refreshProvider(context, slice).catch(note)
    await closeCollect(context, runId, fence)
  }).catch(note)
await context.close()
console.log(JSON.stringify(failures))
