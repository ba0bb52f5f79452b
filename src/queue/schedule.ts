/**
 * Schedules live in PostgreSQL. BullMQ's job schedulers are made equal to them again and again, since a
 * Redis that lost its data forgets them and nothing else would bring them back.
 */
import type { Queue, RepeatOptions } from 'bullmq'
import type { Db } from '../catalog/database.ts'
import { readOpenRun } from '../history/runs.ts'
import {
  listUpstreamStates,
  readUpstreamState,
  type UpstreamState,
} from '../history/upstream-state.ts'
import { intervalMs, parseSchedule } from '../schedule.ts'
import { addCollect, type EnqueueContext } from './enqueue.ts'
import { jobs } from './jobs.ts'
import type { Queues } from './queues.ts'

const idPrefix = 'refresh-'

/** Returns the ids whose scheduler had to be made, changed or removed. */
export async function reconcileSchedules(db: Db, queues: Queues): Promise<string[]> {
  const queue = queues.queue(jobs.tick.queue)
  const wanted = new Map(
    (await listUpstreamStates(db))
      .filter(({ enabled }) => enabled)
      .map((state) => [idPrefix + state.id, state]),
  )
  const changed: string[] = []
  const present = await readSchedulers(queue)
  for (const id of present.keys())
    if (!wanted.has(id)) {
      await queue.removeJobScheduler(id)
      changed.push(id)
    }
  for (const [id, state] of wanted)
    if (present.get(id) !== state.schedule) {
      await upsertScheduler(queue, id, state)
      changed.push(id)
    }
  return changed
}

/** Scheduler id → the schedule that it was made from, which is kept in its job template. */
async function readSchedulers(queue: Queue): Promise<Map<string, string>> {
  const schedulers = await queue.getJobSchedulers(0, -1)
  return new Map(
    schedulers.map((scheduler) => [scheduler.key, scheduledText(scheduler.template?.data)]),
  )
}

function scheduledText(data: unknown): string {
  const isStated = typeof data === 'object' && data !== null && 'schedule' in data
  return isStated ? String(data.schedule) : ''
}

async function upsertScheduler(
  queue: Queue,
  id: string,
  { id: upstream, schedule }: UpstreamState,
): Promise<void> {
  const data = { upstream, schedule }
  await queue.upsertJobScheduler(id, repeatOptions(schedule), {
    name: 'tick',
    data,
    opts: jobs.tick.options,
  })
}

function repeatOptions(text: string): Omit<RepeatOptions, 'key'> {
  const schedule = parseSchedule(text, 0)
  return schedule.kind === 'every'
    ? { every: schedule.everyMs }
    : { pattern: schedule.pattern, tz: 'UTC' }
}

/**
 * A tick adds a collect unless one is open or has just been: schedulers overlap with what operators
 * enqueue, with each other after a restart, and their jobs bypass deduplication.
 */
export async function runTick(
  context: EnqueueContext,
  upstream: string,
  now: Date,
): Promise<'enqueued' | 'skipped'> {
  if (await readOpenRun(context.db, upstream)) return 'skipped'
  if (!(await isDue(context.db, upstream, now))) return 'skipped'
  await addCollect(context, upstream)
  return 'enqueued'
}

/**
 * Whether a collect has something to do: a run that is open (somebody asked, or an attempt is to be
 * made again), or the schedule. A job that was kept while another was active may find neither.
 */
export async function hasWork(
  context: EnqueueContext,
  upstream: string,
  now: Date,
): Promise<boolean> {
  return (await readOpenRun(context.db, upstream)) !== undefined || isDue(context.db, upstream, now)
}

async function isDue(db: Db, upstream: string, now: Date): Promise<boolean> {
  const { enabled, lastAttemptAt, schedule } = await readUpstreamState(db, upstream)
  const sinceAttemptMs = now.getTime() - (lastAttemptAt?.getTime() ?? 0)
  return enabled && sinceAttemptMs >= intervalMs(schedule, now) / 2
}
