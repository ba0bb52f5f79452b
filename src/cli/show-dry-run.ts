/** What a refresh would do, by provider and model, field by field. */
import type { Context } from '../context.ts'
import { toPlumblineError, type PlumblineError } from '../errors.ts'
import { dryRun, type DryRun, type DryRunSlice } from '../refresh/dry-run.ts'
import type { RefreshRequest } from './enqueue-all.ts'
import { exitCodes } from './exit-codes.ts'
import { changeLine } from './field-changes.ts'
import { clean, note, noteError, paint, paintNote, print, printJson } from './terminal.ts'
import { count } from './times.ts'

/** 3 when something would be held, 1 when an upstream could not be read. */
export async function showDryRuns(
  context: Context,
  upstreams: readonly string[],
  { provider, force = false }: RefreshRequest,
  json: boolean,
): Promise<number> {
  const results: (DryRun | FailedDryRun)[] = []
  for (const upstream of upstreams) {
    note(paintNote.dim(`reading ${upstream} …`))
    const request = { upstream, force, ...(provider === undefined ? {} : { provider }) }
    const result = await dryRun(context, request).catch((error: unknown) => failed(upstream, error))
    results.push(result)
    if ('error' in result) noteError(result.error)
    else if (!json) printDryRun(result)
  }
  if (json) printJson(results.map(viewDryRun))
  return exitCodeOf(results)
}

interface FailedDryRun {
  upstream: string
  error: PlumblineError
}

function failed(upstream: string, error: unknown): FailedDryRun {
  return { upstream, error: toPlumblineError(error) }
}

function exitCodeOf(results: readonly (DryRun | FailedDryRun)[]): number {
  if (results.some((result) => 'error' in result)) return exitCodes.failed
  const slices = results.flatMap((result) => ('error' in result ? [] : result.slices))
  return slices.some(({ hold, valueHolds }) => hold || valueHolds.length > 0)
    ? exitCodes.held
    : exitCodes.done
}

function printDryRun({
  upstream,
  entries,
  rejects,
  unchangedListings,
  slices,
  offlineSource,
}: DryRun): void {
  const summary = [
    count(entries, 'entry', 'entries'),
    count(unchangedListings, 'listing') + ' in unchanged providers',
    ...(rejects.length > 0 ? [paint.yellow(`${rejects.length} rejected`)] : []),
  ]
  print(`${paint.bold(upstream)}  ${summary.join(', ')}`)
  if (offlineSource !== undefined)
    print(paint.yellow(`  not reached; read instead: ${clean(offlineSource)}`))
  for (const reject of rejects)
    print(
      `  ${paint.yellow('rejected')} ${clean(reject.entryId ?? '?')}  ${reject.reason}: ${clean(reject.message)}`,
    )
  for (const slice of slices) printSlice(slice)
  if (slices.length === 0) print('  Nothing would change.')
}

function printSlice({
  provider,
  hold,
  valueHolds,
  added,
  updated,
  returned,
  absent,
}: DryRunSlice): void {
  print(`  ${paint.bold(clean(provider))}`)
  if (hold) print(`    ${paint.yellow(`! would be held (${hold.reason}): ${clean(hold.message)}`)}`)
  const heldFields = new Set(valueHolds.map(({ modelId, field }) => `${modelId}\n${field}`))
  for (const id of added) print(`    ${paint.green('+')} ${clean(id)}`)
  for (const id of returned) print(`    ${paint.green('+')} ${clean(id)} is listed again`)
  for (const { modelId, changes } of updated) {
    print(`    ${paint.yellow('~')} ${clean(modelId)}`)
    for (const change of changes) {
      const isHeld = heldFields.has(`${modelId}\n${change.field}`)
      print(`        ${changeLine(change)}${isHeld ? paint.yellow('  ! would be held') : ''}`)
    }
  }
  for (const id of absent) print(`    ${paint.red('−')} ${clean(id)} is not listed any more`)
}

function viewDryRun(result: DryRun | FailedDryRun): object {
  if ('error' in result) {
    const { code, message, nextStep = null } = result.error
    return { upstream: result.upstream, error: { code, message, nextStep } }
  }
  return {
    ...result,
    offlineSource: result.offlineSource ?? null,
    slices: result.slices.map((slice) => ({ ...slice, hold: slice.hold ?? null })),
  }
}
