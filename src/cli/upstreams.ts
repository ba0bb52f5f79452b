import type { Context } from '../context.ts'
import {
  isStale,
  listUpstreamOverviews,
  type UpstreamOverview,
} from '../history/upstream-overview.ts'
import { PlumblineError } from '../errors.ts'
import { listRuns, type RunFilter } from '../history/runs.ts'
import { readSeenFields, type SeenFields } from '../history/upstream-state.ts'
import { withContext } from './command-context.ts'
import { printFacts } from './facts.ts'
import { examples, newCommand } from './new-command.ts'
import { renderTable, type Cell } from './table.ts'
import { print, printJson } from './terminal.ts'
import { age, count, duration, grouped } from './times.ts'

export function upstreamsCommand() {
  const command = newCommand('upstreams')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline upstreams', 'plumbline upstreams show openrouter'))
    .action(async ({ json }) => {
      const upstreams = await withContext(async ({ db, upstreams: configured }) =>
        (await listUpstreamOverviews(db)).map((upstream) => withVerified(upstream, configured)),
      )
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

/** Undefined: it is not configured any more. */
interface ShownUpstream extends UpstreamOverview {
  verified: boolean | undefined
}

function withVerified(upstream: UpstreamOverview, configured: Context['upstreams']): ShownUpstream {
  return { ...upstream, verified: configured.get(upstream.id)?.definition.verified }
}

function viewUpstream(upstream: ShownUpstream): object {
  return { ...upstream, stale: upstream.enabled && isStale(upstream, new Date()) }
}

function upstreamTable(upstreams: readonly ShownUpstream[]): string {
  const now = new Date()
  const rows = upstreams.map((upstream): Cell[] => [
    upstream.id,
    upstream.enabled ? 'yes' : { text: 'no', colour: 'dim' },
    upstream.schedule,
    lastSuccess(upstream, now),
    grouped(upstream.models),
    upstream.openHolds > 0 ? { text: String(upstream.openHolds), colour: 'yellow' } : '0',
    health(upstream),
    verifiedCell(upstream),
    upstream.lastErrorCode === null
      ? ''
      : { text: `${upstream.lastErrorCode}: ${upstream.lastErrorMessage ?? ''}`, colour: 'dim' },
  ])
  const head = [
    'upstream',
    'on',
    'schedule',
    'success',
    'models',
    'held',
    'state',
    'verified',
    'last error',
  ]
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

function verifiedCell({ verified }: ShownUpstream): Cell {
  if (verified === undefined) return ''
  return verified ? 'yes' : { text: 'no', colour: 'yellow' }
}

async function showUpstream(id: string, json: boolean): Promise<void> {
  const { upstream, nextStep, fields } = await withContext((context) => readUpstream(context, id))
  if (json)
    return printJson({
      ...viewUpstream(upstream),
      fields: Object.fromEntries(fields),
      nextStep: nextStep ?? null,
    })
  const { requestCount, latencyMsTotal, circuitOpenUntil } = upstream
  printFacts({
    upstream: upstream.id,
    enabled: upstream.enabled ? 'yes' : 'no',
    verified: verifiedFact(upstream),
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
  if (fields.size > 0) print(fieldTable(fields))
}

function fieldTable(fields: SeenFields): string {
  const rows = [...fields].map(([field, { firstSeen, lastSeen, types }]): Cell[] => [
    field,
    types.join(' '),
    firstSeen,
    lastSeen ?? 'is stated',
  ])
  const title = `${count(fields.size, 'field')} of its entries; what no adapter reads is kept as stated`
  return `\n${title}\n${renderTable(['field', 'types', 'seen first', 'seen last'], rows)}`
}

function verifiedFact({ verified }: ShownUpstream): string | undefined {
  if (verified === undefined) return undefined
  return verified
    ? 'yes'
    : 'no: its adapter has read no recorded payload; what it does not list is not taken for gone'
}

interface UpstreamCard {
  upstream: ShownUpstream
  nextStep: string | undefined
  fields: SeenFields
}

async function readUpstream({ db, upstreams }: Context, id: string): Promise<UpstreamCard> {
  const upstream = (await listUpstreamOverviews(db)).find((one) => one.id === id)
  if (!upstream)
    throw new PlumblineError('not_found', `There is no upstream ${id}.`, {
      nextStep: 'plumbline upstreams',
    })
  const [failed] = upstream.lastErrorCode === null ? [] : await listRuns(db, lastFailure(id))
  return {
    upstream: withVerified(upstream, upstreams),
    nextStep: failed?.nextStep ?? undefined,
    fields: await readSeenFields(db, id),
  }
}

function lastFailure(upstream: string): RunFilter {
  return { upstream, status: 'failed', limit: 1 }
}

function moment(at: Date | null): string {
  return at ? `${at.toISOString()} (${age(at)} ago)` : 'never'
}
