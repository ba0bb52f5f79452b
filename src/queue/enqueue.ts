/** Putting refreshes into the queue. The history decides what may run; BullMQ only saves work. */
import type { Db } from '../catalog/database.ts'
import { PlumblineError } from '../errors.ts'
import { type RefreshRun } from '../history/runs.ts'
import { queueRun, type QueuedRun } from '../history/open-runs.ts'
import { readUpstreamState } from '../history/upstream-state.ts'
import type { EnqueueSlices } from '../refresh/hand-on-slices.ts'
import { jobs } from './jobs.ts'
import type { Queues } from './queues.ts'

export interface EnqueueContext {
  db: Db
  queues: Queues
  refreshAttempts: number
  refreshCooldownMs: number
}

/**
 * A refresh that somebody asks for. Returns its run, which a worker takes up. Throws `already_running`,
 * or `cooldown` with the time to wait (which `force` waives).
 */
export async function enqueueRefresh(
  context: EnqueueContext,
  request: QueuedRun,
): Promise<RefreshRun> {
  if (!request.options.force && request.trigger === 'manual')
    await assertCooledDown(context, request.upstream)
  const run = await queueRun(context.db, request)
  await addCollect(context, request.upstream)
  return run
}

async function assertCooledDown(
  { db, refreshCooldownMs }: EnqueueContext,
  upstream: string,
): Promise<void> {
  // What failed may be tried again at once: the cooldown spares upstreams that have just answered.
  const { lastSuccessAt } = await readUpstreamState(db, upstream)
  const waitMs = (lastSuccessAt?.getTime() ?? 0) + refreshCooldownMs - Date.now()
  if (waitMs > 0)
    throw new PlumblineError(
      'cooldown',
      `${upstream} was refreshed a moment ago; again in ${Math.ceil(waitMs / 1000)} s.`,
      {
        retryable: true,
        retryAfterMs: waitMs,
        nextStep: 'Wait, or use --force.',
      },
    )
}

/** At most one collect of an upstream is active and one waits. */
export async function addCollect(
  { queues, refreshAttempts }: Pick<EnqueueContext, 'queues' | 'refreshAttempts'>,
  upstream: string,
): Promise<void> {
  const { queue, options } = jobs['collect-upstream']
  await queues.queue(queue).add(
    'collect-upstream',
    { upstream },
    {
      ...options,
      attempts: refreshAttempts,
      deduplication: { id: upstream, keepLastIfActive: true },
    },
  )
}

/** One child for every slice; the parent closes the run when all have ended. */
export function sliceEnqueuer({
  queues,
  refreshAttempts,
}: Pick<EnqueueContext, 'queues' | 'refreshAttempts'>): EnqueueSlices {
  const close = jobs['close-collect']
  const slice = jobs['refresh-provider']
  return async ({ runId, attempt, fence }, slices) => {
    await queues.flows.add({
      name: 'close-collect',
      queueName: close.queue,
      data: { runId, fence },
      opts: { ...close.options, jobId: closeJobId(runId, attempt) },
      children: slices.map((data) => ({
        name: 'refresh-provider',
        queueName: slice.queue,
        data,
        opts: { ...slice.options, attempts: refreshAttempts },
      })),
    })
  }
}

export function closeJobId(runId: number, attempt: number): string {
  return `close-${runId}-${attempt}`
}
