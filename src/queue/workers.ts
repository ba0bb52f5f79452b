/**
 * The workers: take jobs, call the pipeline, translate its errors once. The queue is the one owner of
 * retries; an error that no attempt can mend becomes BullMQ's UnrecoverableError.
 */
import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq'
import { toPlumblineError, type PlumblineError } from '../errors.ts'
import { readSliceRun } from '../history/runs.ts'
import { recordFailure } from '../history/end-runs.ts'
import { closeCollect } from '../refresh/close-collect.ts'
import { collectUpstream } from '../refresh/collect-upstream.ts'
import type { RefreshContext } from '../refresh/refresh-context.ts'
import { refreshProvider } from '../refresh/refresh-provider.ts'
import { runWithin } from '../run-within.ts'
import { drainDelaySeconds, workerConnection } from './connection.ts'
import { sliceEnqueuer, type EnqueueContext } from './enqueue.ts'
import { backoffMs, CloseData, CollectData, SliceData, type QueueName } from './jobs.ts'
import { hasWork, runTick } from './schedule.ts'

export interface WorkerOptions {
  redisUrl: string
  prefix: string
  collectConcurrency: number
  refreshConcurrency: number
  lockMs: number
  stalledIntervalMs: number
}

export interface Workers {
  /** Takes no more jobs and waits for the running ones; at the deadline they are aborted and handed back. */
  close: (deadlineMs: number) => Promise<void>
}

type Context = RefreshContext & EnqueueContext

export function startWorkers(context: Context, options: WorkerOptions): Workers {
  const shutdown = new AbortController()
  const run = (name: QueueName, concurrency: number, perform: Perform) =>
    startWorker(context, options, shutdown.signal, { name, concurrency, perform })
  const workers = [
    run('collect', options.collectConcurrency, performCollectJob),
    run('refresh', options.refreshConcurrency, performRefreshJob),
  ]
  return { close: (deadlineMs) => closeWorkers(workers, shutdown, deadlineMs) }
}

type Perform = (context: Context, job: Job, signal: AbortSignal) => Promise<string>

interface WorkerSpec {
  name: QueueName
  concurrency: number
  perform: Perform
}

function startWorker(
  context: Context,
  options: WorkerOptions,
  shutdown: AbortSignal,
  { name, concurrency, perform }: WorkerSpec,
): Worker {
  const worker = new Worker(
    name,
    async (job, token, signal) => {
      try {
        return await perform(
          context,
          job,
          AbortSignal.any(signal ? [shutdown, signal] : [shutdown]),
        )
      } catch (thrown) {
        if (shutdown.aborted) await handBack(job, token)
        throw toQueueError(toPlumblineError(thrown))
      }
    },
    {
      connection: workerConnection(options.redisUrl),
      prefix: options.prefix,
      concurrency,
      lockDuration: options.lockMs,
      stalledInterval: options.stalledIntervalMs,
      // Two crashes fail a job for good at the default of 1, whatever its attempts.
      maxStalledCount: 5,
      drainDelay: drainDelaySeconds,
      settings: {
        backoffStrategy: (attempts, _type, error) => backoffMs(attempts, retryAfterOf(error)),
      },
    },
  )
  watch(worker, context, name)
  return worker
}

function watch(worker: Worker, { log, metrics }: Context, queue: QueueName): void {
  worker.on('error', (error) => {
    metrics.redisErrors.inc({ connection: 'worker' })
    log.debug({ err: error, queue }, 'worker connection')
  })
  worker.on('stalled', (jobId) =>
    log.warn({ queue, jobId }, 'a job was taken over from a worker that went silent'),
  )
  // The lock went to somebody else: this attempt must not go on. The fence guarantees it anyway.
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, 'its lock was lost')
  })
  worker.on('failed', (job, error) =>
    log[isBug(error) ? 'error' : 'warn'](
      { err: error, queue, job: job?.name, upstream: upstreamOf(job), attempt: job?.attemptsMade },
      'job failed',
    ),
  )
}

/** What no code of ours names is a bug: somebody must act. */
function isBug(error: Error): boolean {
  return toPlumblineError(error).code === 'internal' && !(error instanceof UnrecoverableError)
}

function upstreamOf(job: Job | undefined): string | undefined {
  return CollectData.safeParse(job?.data).data?.upstream
}

async function performCollectJob(context: Context, job: Job, signal: AbortSignal): Promise<string> {
  const { upstream } = CollectData.parse(job.data)
  if (job.name === 'tick') return runTick(context, upstream, new Date())
  if (!(await hasWork(context, upstream, new Date()))) return 'nothing to do'
  const collect = {
    upstream,
    jobId: job.id ?? '',
    trigger: 'schedule' as const,
    isLastAttempt: isLastAttempt(job),
  }
  await collectUpstream(context, collect, sliceEnqueuer(context), signal)
  return 'collected'
}

async function performRefreshJob(context: Context, job: Job, signal: AbortSignal): Promise<string> {
  if (job.name === 'close-collect') {
    const { runId, fence } = CloseData.parse(job.data)
    return (await closeCollect(context, runId, fence)) ?? 'closed before'
  }
  const slice = SliceData.parse(job.data)
  try {
    return await refreshProvider(context, slice, signal)
  } catch (thrown) {
    const error = toPlumblineError(thrown)
    if (error.code !== 'cancelled')
      await recordSliceFailure(context, slice, error, isLastAttempt(job) || !error.retryable)
    throw error
  }
}

/** In a transaction of its own: what failed was rolled back, the record of it must not be. */
async function recordSliceFailure(
  context: Context,
  slice: SliceData,
  error: PlumblineError,
  isFinal: boolean,
): Promise<void> {
  context.metrics.errors.inc({ code: error.code })
  const run = await readSliceRun(context.db, slice.runId, slice.provider)
  await recordFailure(context.db, { ...run, fence: slice.fence }, error, isFinal)
}

function isLastAttempt(job: Job): boolean {
  return job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
}

// A job that is given up because this process stops has not failed: it goes back and costs no attempt.
async function handBack(job: Job, token: string | undefined): Promise<never> {
  await job.moveToDelayed(Date.now(), token)
  throw new DelayedError()
}

function toQueueError(error: PlumblineError): Error {
  return error.retryable ? error : new UnrecoverableError(`${error.code}: ${error.message}`)
}

function retryAfterOf(error: Error | undefined): number | undefined {
  return error && 'retryAfterMs' in error && typeof error.retryAfterMs === 'number'
    ? error.retryAfterMs
    : undefined
}

// close() waits for ever when Redis is gone, and for as long as a job takes: each step has a deadline.
async function closeWorkers(
  workers: readonly Worker[],
  shutdown: AbortController,
  deadlineMs: number,
): Promise<void> {
  const closed = Promise.all(workers.map((worker) => worker.close()))
  if (await runWithin(deadlineMs, () => closed)) return
  shutdown.abort(new DOMException('The worker is shutting down.', 'AbortError'))
  if (await runWithin(2000, () => closed)) return
  await runWithin(1000, () => Promise.all(workers.map((worker) => worker.close(true))))
}
