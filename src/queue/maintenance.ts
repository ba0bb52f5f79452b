/**
 * What a worker does beside its jobs: schedules are restored, runs whose jobs are gone are taken up or
 * closed, what was announced for today comes into force, overrides that expire end, old history goes. Every worker does it; all of it may be done twice.
 */
import { PlumblineError, toPlumblineError } from '../errors.ts'
import { applyRetention } from '../history/retention.ts'
import { listOpenRuns, type RefreshRun } from '../history/runs.ts'
import { closeOrphanedSlices, recordFailure } from '../history/end-runs.ts'
import { queueRun } from '../history/open-runs.ts'
import type { Logger } from '../log.ts'
import { applyDueDates } from '../refresh/apply-due-dates.ts'
import { closeCollect } from '../refresh/close-collect.ts'
import type { RefreshContext } from '../refresh/refresh-context.ts'
import { addCollect, closeJobId, type EnqueueContext } from './enqueue.ts'
import { jobs } from './jobs.ts'
import { reconcileSchedules } from './schedule.ts'

export interface MaintenanceOptions {
  intervalMs: number
  retentionDays: number
  /** An open run that is younger is not looked at: its job may be about to be added. */
  graceMs: number
}

type Context = RefreshContext & EnqueueContext

const retentionEveryMs = 3_600_000

export interface Maintenance {
  runOnce: () => Promise<void>
  close: () => Promise<void>
}

export function startMaintenance(context: Context, options: MaintenanceOptions): Maintenance {
  let current: Promise<void> = Promise.resolve()
  let retainedAt = 0
  const runOnce = () => (current = maintain(context, options, isRetentionDue))
  const isRetentionDue = () => {
    if (Date.now() - retainedAt < retentionEveryMs) return false
    retainedAt = Date.now()
    return true
  }
  const timer = setInterval(() => void runOnce(), options.intervalMs)
  void runOnce()
  return {
    runOnce,
    close: async () => {
      clearInterval(timer)
      await current
    },
  }
}

async function maintain(
  context: Context,
  options: MaintenanceOptions,
  isRetentionDue: () => boolean,
): Promise<void> {
  const { db, log, queues } = context
  await step(log, 'schedules', async () => {
    const changed = await reconcileSchedules(db, queues)
    if (changed.length > 0) log.info({ schedulers: changed }, 'schedules restored')
  })
  await step(log, 'open runs', () => takeUpLostRuns(context, options.graceMs))
  await step(log, 'dates and overrides', async () => {
    const models = await applyDueDates(context)
    if (models > 0) log.info({ models }, 'announced dates came into force, or overrides ended')
  })
  if (isRetentionDue())
    await step(log, 'retention', () => applyRetention(db, options.retentionDays))
}

async function step(log: Logger, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    log.warn({ err: toPlumblineError(thrown), step: name }, 'maintenance failed; it is tried again')
  }
}

/** A run is open and no job works on it: Redis lost its data, or a process died between two steps. */
async function takeUpLostRuns(context: Context, graceMs: number): Promise<void> {
  const olderThan = new Date(Date.now() - graceMs)
  for (const run of await listOpenRuns(context.db, olderThan))
    if (!(await hasJob(context, run))) await takeUp(context, run)
  await closeOrphanedSlices(context.db)
}

async function hasJob({ queues }: Context, run: RefreshRun): Promise<boolean> {
  const collect = queues.queue(jobs['collect-upstream'].queue)
  if (await collect.getDeduplicationJobId(run.upstream)) return true
  const close = await queues
    .queue(jobs['close-collect'].queue)
    .getJob(closeJobId(run.id, run.attempt))
  return close !== undefined && !(await close.isCompleted()) && !(await close.isFailed())
}

/** Once its slices are handed over nothing is lost by closing it: the next collect sees what is missing. */
async function takeUp(context: Context, run: RefreshRun): Promise<void> {
  context.log.warn({ runId: run.id, upstream: run.upstream }, 'a refresh without a job was found')
  if (run.status === 'queued') return addCollect(context, run.upstream)
  if (run.slices > 0 && run.fence !== null)
    return void (await closeCollect(context, run.id, run.fence))
  await recordFailure(context.db, run, abandoned(), true)
  if (run.trigger === 'approval') return
  const { upstream, actor, options } = run
  await queueRun(context.db, { upstream, trigger: 'schedule', actor, options })
  await addCollect(context, upstream)
}

function abandoned(): PlumblineError {
  return new PlumblineError(
    'abandoned',
    'The process that ran this refresh went away and its job is gone.',
    {
      nextStep: 'Nothing: a new refresh was enqueued.',
    },
  )
}
