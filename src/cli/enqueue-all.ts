/** Refreshes of several upstreams; one that is refused does not stop the others. */
import type { Context } from '../context.ts'
import { PlumblineError } from '../errors.ts'
import { readOpenRun, type Trigger } from '../history/runs.ts'
import { enqueueRefresh } from '../queue/enqueue.ts'
import { cliActor } from './command-context.ts'

export interface RefreshRequest {
  provider?: string | undefined
  force?: boolean | undefined
}

export interface Enqueued {
  upstream: string
  /** Null: refused. */
  runId: number | null
  /** joined: the same upstream was being refreshed already, by that run. */
  status: 'queued' | 'joined' | 'refused'
  reason: string | null
}

export async function enqueueAll(
  context: Context,
  upstreams: readonly string[],
  request: RefreshRequest = {},
  trigger: Trigger = 'manual',
): Promise<Enqueued[]> {
  const enqueued: Enqueued[] = []
  for (const upstream of upstreams)
    enqueued.push(await enqueueOne(context, upstream, request, trigger))
  return enqueued
}

async function enqueueOne(
  context: Context,
  upstream: string,
  { provider, force }: RefreshRequest,
  trigger: Trigger,
): Promise<Enqueued> {
  const options = { ...(provider === undefined ? {} : { provider }), ...(force ? { force } : {}) }
  const actor = trigger === 'manual' ? cliActor() : null
  try {
    const run = await enqueueRefresh(context, { upstream, trigger, actor, options })
    return { upstream, runId: run.id, status: 'queued', reason: null }
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error
    if (error.code === 'cooldown')
      return { upstream, runId: null, status: 'refused', reason: whole(error) }
    if (error.code !== 'already_running') throw error
    const open = await readOpenRun(context.db, upstream)
    // It has ended since.
    if (!open) return enqueueOne(context, upstream, { provider, force }, trigger)
    return { upstream, runId: open.id, status: 'joined', reason: error.message }
  }
}

function whole({ message, nextStep }: PlumblineError): string {
  return nextStep === undefined ? message : `${message} ${nextStep}`
}
