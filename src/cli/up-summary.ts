/** What `up` has made: how full the catalog is, what is missing and why, where everything is. */
import { countCatalog } from '../catalog/read-models.ts'
import type { Context } from '../context.ts'
import type { Servers } from '../embedded/servers.ts'
import { listHolds } from '../history/holds.ts'
import type { HttpServer } from '../http/app.ts'
import { hideCredentials } from '../url-credentials.ts'
import type { FirstRefresh } from './first-refresh.ts'
import { notesOf } from './run-lines.ts'
import { paint, print } from './terminal.ts'
import { count } from './times.ts'

export async function printSummary(
  context: Context,
  refreshed: FirstRefresh,
  { servers, http }: { servers: Servers; http: HttpServer },
): Promise<void> {
  print()
  await printCatalog(context)
  printProblems(refreshed)
  await printHolds(context)
  print()
  print(
    `API         ${paint.cyan(http.url)}  (/docs, /api/v1/models, /api.json, /readyz, /metrics)`,
  )
  print(`PostgreSQL  ${hideCredentials(servers.databaseUrl)}`)
  print(`Redis       ${hideCredentials(servers.redisUrl)}`)
  print(paint.dim('In another terminal: npx plumbline models list, npx plumbline --help'))
  print(paint.dim('Ctrl-C stops everything that was started here.'))
}

async function printCatalog({ db }: Context): Promise<void> {
  const { version, providers, models } = await countCatalog(db)
  const served = models.active + models.deprecated + models.missing
  const text = `${count(served, 'model')} of ${count(providers, 'provider')}, version ${version}`
  const aside = [
    models.deprecated > 0 ? `${models.deprecated} deprecated` : '',
    models.missing > 0 ? `${models.missing} missing` : '',
  ].filter((words) => words !== '')
  print(`${paint.bold(`Catalog: ${text}`)}${aside.length > 0 ? ` (${aside.join(', ')})` : ''}`)
}

function printProblems({ runs, pending }: FirstRefresh): void {
  const failed = runs.filter(({ status }) => status === 'failed' || status === 'partial')
  const notRefreshed = [...failed.map(({ upstream }) => upstream), ...pending]
  if (notRefreshed.length > 0)
    print(
      `${paint.yellow('Not refreshed:')} ${notRefreshed.join(', ')}; they are tried again by themselves.`,
    )
  for (const text of notesOf(runs)) print(`${paint.yellow('Note:')} ${text}`)
}

async function printHolds({ db }: Context): Promise<void> {
  const holds = await listHolds(db, 'open')
  if (holds.length === 0) return
  print(
    `${paint.yellow(`${count(holds.length, 'change')} held for review:`)} npx plumbline holds list`,
  )
}
