/** What a process that works does: takes jobs, keeps order, announces what was committed. */
import type { Context } from '../context.ts'
import { startMaintenance } from '../queue/maintenance.ts'
import { startWorkers } from '../queue/workers.ts'
import type { Serving } from './run-until-stopped.ts'

/** Of the time for a clean stop, the part in which running jobs may end; the rest is for closing. */
const jobsShare = 0.7

/** On a machine that is busy, a run and its job may be seconds apart. */
const leastGraceMs = 3000

/** Opens in the order relay, maintenance, workers; so the workers end first. */
export function startWorking(context: Context, { onStop }: Serving): void {
  const { config, relay, queues } = context
  relay.start()
  onStop(() => relay.close())
  const maintenance = startMaintenance(context, {
    intervalMs: config.reconcileIntervalMs,
    retentionDays: config.retentionDays,
    // The job of a run is added a moment after the run is opened.
    graceMs: Math.max(config.reconcileIntervalMs / 2, leastGraceMs),
  })
  onStop(() => maintenance.close())
  const workers = startWorkers(context, {
    redisUrl: context.redisUrl,
    prefix: queues.prefix,
    collectConcurrency: config.collectConcurrency,
    refreshConcurrency: config.refreshConcurrency,
    lockMs: config.jobLockMs,
    stalledIntervalMs: config.jobStalledIntervalMs,
  })
  const deadlineMs = config.shutdownTimeoutMs * jobsShare
  onStop(() => workers.close(deadlineMs), config.shutdownTimeoutMs)
}
