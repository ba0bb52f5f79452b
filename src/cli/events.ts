import { once } from 'node:events'
import { requireUrl } from '../context.ts'
import { followCatalog, type CatalogChange } from '../client/index.ts'
import { loadCommandConfig, withRunningServers } from './command-context.ts'
import { examples, newCommand, wholeNumber } from './new-command.ts'
import { clean, note, paint, paintNote, print } from './terminal.ts'

export function eventsCommand() {
  const command = newCommand('events')
  command
    .command('tail')
    .description('Print one line per version of the catalog, as other services are told of it.')
    .option('--since <version>', 'begin with what came after this version', wholeNumber)
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      examples('plumbline events tail', 'plumbline events tail --since 0 --json | jq .added'),
    )
    .action(({ since, json = false }) => tail(since, json))
  return command
}

/** Until Ctrl-C. */
async function tail(sinceVersion: number | undefined, json: boolean): Promise<void> {
  const config = withRunningServers(loadCommandConfig())
  const follower = await followCatalog({
    redisUrl: requireUrl(config.redisUrl, 'REDIS_URL'),
    databaseUrl: requireUrl(config.databaseUrl, 'DATABASE_URL'),
    prefix: config.redisPrefix,
    ...(sinceVersion === undefined ? {} : { sinceVersion }),
    onChange: (change) => print(json ? JSON.stringify(change) : describe(change)),
    onError: (error) => note(`${paintNote.yellow('warning')} ${clean(error.message)}`),
  })
  if (!json)
    note(paintNote.dim(`following from version ${follower.version ?? '?'}; Ctrl-C ends it`))
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await follower.close()
}

function describe(change: CatalogChange): string {
  if (change.type === 'reset')
    return paint.yellow(`v${change.version}  reset (${change.reason}): read everything again`)
  const { version, committedAt, upstream, provider, added, updated, removed, truncated } = change
  const when = committedAt.slice(0, 19).replace('T', ' ')
  const head = `${when}  v${version}  ${clean(upstream ?? 'operator')} ${clean(provider ?? 'all')}`
  const counts = `+${added.length} ~${updated.length} −${removed.length}${truncated ? ' (truncated)' : ''}`
  const named = [
    ...added.map((id) => paint.green(`+${clean(id)}`)),
    ...updated.map(
      ({ id, fields }) =>
        paint.yellow(`~${clean(id)}`) + paint.dim(`[${fields.map(clean).join(' ')}]`),
    ),
    ...removed.map((id) => paint.red(`−${clean(id)}`)),
  ]
  return `${paint.dim(head)}  ${counts}  ${fewOf(named)}`
}

const namedPerLine = 6

function fewOf(named: readonly string[]): string {
  const rest = named.length - namedPerLine
  return named.slice(0, namedPerLine).join(' ') + (rest > 0 ? paint.dim(` … ${rest} more`) : '')
}
