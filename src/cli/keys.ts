/** `plumbline keys`: who may ask the API for more than everybody. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { tiers } from '../catalog/model.ts'
import { readDuration } from '../config-values.ts'
import {
  createApiKey,
  keyScopes,
  listApiKeys,
  revokeApiKey,
  type ApiKey,
  type KeyScope,
} from '../history/api-keys.ts'
import { hashSecret, newKeyText } from '../history/key-text.ts'
import { cliActor, withContext } from './command-context.ts'
import { examples, newCommand } from './new-command.ts'
import { renderTable, type Cell } from './table.ts'
import { note, print, printJson } from './terminal.ts'

export function keysCommand() {
  return newCommand('keys')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())
}

function createCommand() {
  return newCommand('create', 'plumbline keys')
    .description('Make a key. It is shown once: only a hash of it is stored.')
    .argument('<name>', 'whose it is', keyName)
    .option('--scope <scopes>', `comma list of ${keyScopes.join(', ')}`, scopes, [
      'read',
    ] as KeyScope[])
    .addOption(new Option('--tier <tier>').choices(tiers))
    .option('--expires <duration>', 'it ends after 12h, 90d, …', expiry)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'plumbline keys create billing --tier pro --expires 90d',
        'plumbline keys create ops --scope read,refresh,admin',
      ),
    )
    .action(async (name, { scope, tier = null, expires = null, json }) => {
      const { id, secret, text } = newKeyText()
      const key = { id, name, scopes: scope, tier, expiresAt: expires, hash: hashSecret(secret) }
      await withContext(({ db }) => createApiKey(db, key, cliActor()))
      if (json) return printJson({ id, name, key: text, scopes: scope, tier, expiresAt: expires })
      note(`Key ${id} of ${name}; it is not shown again:`)
      print(text)
    })
}

function listCommand() {
  return newCommand('list', 'plumbline keys')
    .description('List the keys, newest first; none of them is shown.')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline keys list'))
    .action(async ({ json }) => {
      const keys = await withContext(({ db }) => listApiKeys(db))
      if (json) printJson(keys)
      else print(keys.length === 0 ? 'No keys.' : keyTable(keys, new Date()))
    })
}

function revokeCommand() {
  return newCommand('revoke', 'plumbline keys')
    .description('End a key; every process refuses it within seconds.')
    .argument('<id>', 'as `plumbline keys list` shows it')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline keys revoke 3f9a1c02b7de'))
    .action(async (id, { json }) => {
      await withContext(({ db }) => revokeApiKey(db, id, cliActor()))
      if (json) printJson({ id, revoked: true })
      else print(`Key ${id} is revoked.`)
    })
}

function keyName(text: string): string {
  if (/^[\w .@:/-]{1,100}$/.test(text)) return text
  throw new InvalidArgumentError('It may have letters, digits, blanks and . @ : / - _, up to 100.')
}

function scopes(text: string): KeyScope[] {
  const named = text.split(',').map((word) => word.trim())
  const known = keyScopes.filter((scope) => named.includes(scope))
  if (known.length === new Set(named).size) return known
  throw new InvalidArgumentError(`There are: ${keyScopes.join(', ')}.`)
}

function expiry(text: string): Date {
  const ms = readDuration(text)
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('It must be 12h, 90d, …')
  return new Date(Date.now() + ms)
}

function keyTable(keys: readonly ApiKey[], now: Date): string {
  const rows = keys.map((key): Cell[] => [
    key.id,
    key.name,
    key.scopes.join(' '),
    key.tier ?? '',
    stateOf(key, now),
    key.createdAt.toISOString().slice(0, 10),
    key.expiresAt?.toISOString().slice(0, 16) ?? 'never',
    key.lastUsedAt?.toISOString().slice(0, 16) ?? 'never',
  ])
  return renderTable(
    ['id', 'name', 'scopes', 'tier', 'state', 'made', 'expires', 'last used'],
    rows,
  )
}

function stateOf({ revokedAt, expiresAt }: ApiKey, now: Date): string {
  if (revokedAt) return 'revoked'
  return expiresAt && expiresAt <= now ? 'expired' : 'active'
}
