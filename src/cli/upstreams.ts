import type { Db } from '../catalog/database.ts'
import {
  isStale,
  listUpstreamOverviews,
  type UpstreamOverview,
} from '../history/upstream-overview.ts'
import { PlumblineError } from '../errors.ts'
import { listRuns, type RunFilter } from '../history/runs.ts'
import { withContext } from './command-context.ts'
import { printFacts } from './facts.ts'
import { examples, newCommand } from './new-command.ts'
import { renderTable, type Cell } from './table.ts'
import { print, printJson } from './terminal.ts'
import { age, duration, grouped } from './times.ts'

export function upstreamsCommand() {
  const command = newCommand('upstreams')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline upstreams', 'plumbline upstreams show openrouter'))
    .action(async ({ json }) => {
      const upstreams = await withContext(({ db }) => listUpstreamOverviews(db))
      if (json) return printJson(upstreams.map(viewUpstream))
      if (upstreams.length === 0) print('No upstreams yet: a worker registers them when it starts.')
      else print(upstreamTable(upstreams))
    })
  command
    .command('show')
    .description('Show one upstream with its counters and its last error.')
    .argument('<id>')
    .option('--json', 'print JSON')
    .action(async (id, _options, show) => {
      // The parent has the same option and takes it first.
      await showUpstream(id, show.optsWithGlobals().json ?? false)
    })
  return command
}

function viewUpstream(upstream: UpstreamOverview): object {
  return { ...upstream, stale: upstream.enabled && isStale(upstream, new Date()) }
}

function upstreamTable(upstreams: readonly UpstreamOverview[]): string {
  const now = new Date()
  const rows = upstreams.map((upstream): Cell[] => [
    upstream.id,
    upstream.enabled ? 'yes' : { text: 'no', colour: 'dim' },
    upstream.schedule,
    lastSuccess(upstream, now),
    grouped(upstream.models),
    upstream.openHolds > 0 ? { text: String(upstream.openHolds), colour: 'yellow' } : '0',
    health(upstream),
    upstream.lastErrorCode === null
      ? ''
      : { text: `${upstream.lastErrorCode}: ${upstream.lastErrorMessage ?? ''}`, colour: 'dim' },
  ])
  const head = ['upstream', 'on', 'schedule', 'success', 'models', 'held', 'state', 'last error']
  return renderTable(head, rows, { right: [3, 4, 5] })
}

function lastSuccess(upstream: UpstreamOverview, now: Date): Cell {
  const text = age(upstream.lastSuccessAt, now)
  return upstream.enabled && isStale(upstream, now) ? { text, colour: 'red' } : text
}

function health({
  enabled,
  circuitState,
  consecutiveFailures,
  lastAttemptAt,
}: UpstreamOverview): Cell {
  if (circuitState !== 'closed')
    return { text: `circuit ${circuitState.replace('_', ' ')}`, colour: 'red' }
  if (consecutiveFailures > 0) return { text: `${consecutiveFailures} failed`, colour: 'yellow' }
  if (!enabled) return { text: 'off', colour: 'dim' }
  return lastAttemptAt ? { text: 'ok', colour: 'green' } : { text: 'new', colour: 'dim' }
}

async function showUpstream(id: string, json: boolean): Promise<void> {
  const { upstream, nextStep } = await withContext(({ db }) => readUpstream(db, id))
  if (json) return printJson({ ...viewUpstream(upstream), nextStep: nextStep ?? null })
  const { requestCount, latencyMsTotal, circuitOpenUntil } = upstream
  printFacts({
    upstream: upstream.id,
    enabled: upstream.enabled ? 'yes' : 'no',
    url: upstream.url,
    schedule: upstream.schedule,
    models: `${grouped(upstream.models)} of ${grouped(upstream.providers)} providers`,
    'open holds': String(upstream.openHolds),
    'last attempt': moment(upstream.lastAttemptAt),
    'last success': moment(upstream.lastSuccessAt),
    'last change': moment(upstream.lastChangeAt),
    requests: `${grouped(requestCount)} answered, ${grouped(upstream.failureCount)} failed`,
    'mean answer': requestCount > 0 ? duration(latencyMsTotal / requestCount) : '–',
    circuit:
      upstream.circuitState +
      (circuitOpenUntil ? `, tried again at ${circuitOpenUntil.toISOString()}` : ''),
    'failures in a row': String(upstream.consecutiveFailures),
    'last error':
      upstream.lastErrorCode === null
        ? '–'
        : `${upstream.lastErrorCode}: ${upstream.lastErrorMessage ?? ''}`,
    'what to do': nextStep,
  })
}

async function readUpstream(
  db: Db,
  id: string,
): Promise<{ upstream: UpstreamOverview; nextStep: string | undefined }> {
  const upstream = (await listUpstreamOverviews(db)).find((one) => one.id === id)
  if (!upstream)
    throw new PlumblineError('not_found', `There is no upstream ${id}.`, {
      nextStep: 'plumbline upstreams',
    })
  const [failed] = upstream.lastErrorCode === null ? [] : await listRuns(db, lastFailure(id))
  return { upstream, nextStep: failed?.nextStep ?? undefined }
}

function lastFailure(upstream: string): RunFilter {
  return { upstream, status: 'failed', limit: 1 }
}

function moment(at: Date | null): string {
  return at ? `${at.toISOString()} (${age(at)} ago)` : 'never'
}
