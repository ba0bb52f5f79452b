/**
 * The job table: every job, the queue it runs in, its options and what its failure means. Payloads are
 * ids; everything else is in PostgreSQL. Redis holds nothing that cannot be rebuilt from there.
 */
import type { JobsOptions } from 'bullmq'
import { z } from 'zod'

const hourSeconds = 3600
/** Finished jobs are kept for a look, and removed: the history is in PostgreSQL. */
const kept = {
  removeOnComplete: { age: hourSeconds, count: 500 },
  removeOnFail: { age: 24 * hourSeconds, count: 2000 },
} satisfies JobsOptions

export const CollectData = z.object({ upstream: z.string() })
export type CollectData = z.infer<typeof CollectData>

export const SliceData = z.object({
  runId: z.number(),
  upstream: z.string(),
  provider: z.string(),
  snapshotId: z.number().nullable(),
  fence: z.number(),
})

export type SliceData = z.infer<typeof SliceData>

export const CloseData = z.object({ runId: z.number(), fence: z.number() })

export const jobs = {
  /** When a schedule fires. Only looks whether a collect is due: schedulers overlap. */
  tick: {
    queue: 'collect',
    data: CollectData,
    options: { ...kept, removeOnComplete: true, attempts: 3 },
  },
  /** One upstream: fetch, archive, read, hand on. Retried with backoff, Retry-After honoured. */
  'collect-upstream': {
    queue: 'collect',
    data: CollectData,
    options: { ...kept, backoff: { type: 'refresh' } },
  },
  /** One provider's slice: diff, judge, commit. A failed one does not fail its siblings. */
  'refresh-provider': {
    queue: 'refresh',
    data: SliceData,
    options: { ...kept, backoff: { type: 'refresh' }, ignoreDependencyOnFailure: true },
  },
  /** When the last slice of a collect has ended, whatever way it ended. */
  'close-collect': {
    queue: 'refresh',
    data: CloseData,
    options: { ...kept, attempts: 10, backoff: { type: 'refresh' } },
  },
} as const satisfies Record<string, { queue: string; data: z.ZodType; options: JobsOptions }>

export type JobName = keyof typeof jobs
export type QueueName = (typeof jobs)[JobName]['queue']
export const queueNames: readonly QueueName[] = ['collect', 'refresh']

const firstDelayMs = 1000
const longestDelayMs = 5 * 60_000

/** Exponential, with jitter so that upstreams that failed together do not come back together. */
export function backoffMs(
  attemptsMade: number,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number {
  const exponential = Math.min(firstDelayMs * 2 ** (attemptsMade - 1), longestDelayMs)
  const jittered = exponential * (0.5 + random())
  return Math.round(Math.max(jittered, retryAfterMs ?? 0))
}
