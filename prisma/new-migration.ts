/**
 * `node prisma/new-migration.ts NAME` writes prisma/migrations/<now>_NAME/migration.sql: what brings the
 * present migrations to schema.prisma. Read it before it is committed, and add by hand what Prisma
 * does not model (CHECKs, partial and expression indexes, sequences).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '../src/catalog/migrate.ts'
import { startPostgres } from '../src/embedded/postgres.ts'
import { noDifference, sqlToSchema } from './schema-engine.ts'

const migrationsDir = fileURLToPath(new URL('migrations', import.meta.url))
const name = process.argv[2]
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('Usage: node prisma/new-migration.ts NAME (lower case, digits, underscores)')
  process.exit(2)
}

const dataDir = mkdtempSync(join(tmpdir(), 'plumbline-migration-'))
const postgres = await startPostgres({ dataDir, mode: 'throwaway', log: () => {} })
try {
  await migrate(postgres.url, { migrationsDir })
  const sql = await sqlToSchema(postgres.url)
  if (sql === noDifference) console.log('The migrations agree with schema.prisma already.')
  else write(sql)
} finally {
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

function write(sql: string): void {
  const timestamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const folder = join(migrationsDir, `${timestamp}_${name}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'migration.sql'), `${sql}\n`)
  console.log(`Written: ${join(folder, 'migration.sql')}`)
}
