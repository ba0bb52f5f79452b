import type { Context } from '../context.ts'
import { modelKey } from '../catalog/model.ts'
import { viewChange } from '../catalog/change-view.ts'
import { readChangesAfter, readLatestChanges, type ChangeCursor } from '../catalog/read-changes.ts'
import type { CatalogChange } from '../catalog/told-changes.ts'
import { withContext } from './command-context.ts'
import { changeLine } from './field-changes.ts'
import { examples, newCommand, positiveNumber, wholeNumber } from './new-command.ts'
import { clean, paint, print, printJson } from './terminal.ts'

const defaultLimit = 50

export function changesCommand() {
  return newCommand('changes')
    .option('--since <version>', 'everything after this version, oldest first', wholeNumber)
    .option(
      '--limit <count>',
      'without --since: the newest so many models',
      positiveNumber,
      defaultLimit,
    )
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline changes', 'plumbline changes --since 41 --json'))
    .action(async ({ since, limit, json = false }) => {
      await withContext(async (context) => {
        const pages = since === undefined ? latest(context, limit) : allSince(context, since)
        if (json) await printAsJson(pages)
        else await printAll(pages)
      })
    })
}

async function* latest({ db }: Context, limit: number): AsyncGenerator<CatalogChange[]> {
  yield await readLatestChanges(db, limit)
}

/** Page by page: what is printed first need not wait for the last. */
async function* allSince({ db }: Context, version: number): AsyncGenerator<CatalogChange[]> {
  let after: ChangeCursor | undefined = { version, rowId: 0 }
  while (after) {
    const page = await readChangesAfter(db, after)
    yield page.changes
    after = page.next
  }
}

async function printAll(pages: AsyncGenerator<CatalogChange[]>): Promise<void> {
  let printed = 0
  for await (const page of pages) {
    for (const change of page) printChange(change)
    printed += page.length
  }
  if (printed === 0) print('No changes.')
}

async function printAsJson(pages: AsyncGenerator<CatalogChange[]>): Promise<void> {
  const changes: CatalogChange[] = []
  for await (const page of pages) changes.push(...page)
  printJson(changes.map(viewChange))
}

const marks = {
  added: paint.green('+'),
  updated: paint.yellow('~'),
  missing: paint.yellow('?'),
  retired: paint.red('−'),
  returned: paint.green('↩'),
  withdrawn: paint.red('−'),
} as const

export function printChange(change: CatalogChange): void {
  const { version, committedAt, upstream, kind, changes } = change
  const source = `${time(committedAt)}  v${version}  ${upstream ?? 'operator'}`
  print(
    `${paint.dim(source)}  ${marks[kind]} ${clean(modelKey(change))}${kind === 'added' ? '' : ` ${kind}`}`,
  )
  for (const field of changes) print(`    ${changeLine(field)}`)
}

function time(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ')
}
