/** How full the queues are, for metrics. */
import type { Job } from 'bullmq'
import { queueNames, type QueueName } from './jobs.ts'
import type { Queues } from './queues.ts'

export const jobStates = ['waiting', 'active', 'delayed', 'waiting-children', 'failed'] as const
export type JobState = (typeof jobStates)[number]

export interface QueueDepth {
  queue: QueueName
  jobs: Readonly<Partial<Record<JobState, number>>>
  /** Of the job that could have been taken first; 0 = none waits. A pause before an attempt is no waiting. */
  oldestWaitingSeconds: number
}

export async function readQueueDepths(queues: Pick<Queues, 'queue'>): Promise<QueueDepth[]> {
  return Promise.all(queueNames.map((name) => readDepth(queues, name)))
}

async function readDepth({ queue }: Pick<Queues, 'queue'>, name: QueueName): Promise<QueueDepth> {
  const [jobs, [waiting], [delayed]] = await Promise.all([
    queue(name).getJobCounts(...jobStates),
    queue(name).getJobs(['waiting'], 0, 0, true),
    // Workers make delayed jobs waiting ones: where no worker is left, those of the schedulers stay here.
    queue(name).getJobs(['delayed'], 0, 0, true),
  ])
  const waits = [waiting, delayed].map((job) => (job ? (Date.now() - dueAtMs(job)) / 1000 : 0))
  return { queue: name, jobs, oldestWaitingSeconds: Math.max(0, ...waits) }
}

type Timing = Pick<Job, 'timestamp' | 'processedOn' | 'delay'> & {
  opts: Pick<Job['opts'], 'delay'>
}

/** BullMQ's `delay` counts from the making of a job, or from the attempt that failed. */
function dueAtMs({ timestamp, processedOn = 0, delay, opts }: Timing): number {
  return Math.max(timestamp + (opts.delay ?? 0), processedOn + delay)
}
