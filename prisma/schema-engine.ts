/**
 * Prisma's schema engine as WebAssembly: compares a database with schema.prisma without the native
 * binary that `prisma migrate` downloads. For new-migration.ts and the test that both agree.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'

const schemaPath = fileURLToPath(new URL('schema.prisma', import.meta.url))

/** The SQL that brings the database to schema.prisma; `noDifference` when it is there. */
export async function sqlToSchema(databaseUrl: string): Promise<string> {
  const schema = { path: 'schema.prisma', content: readFileSync(schemaPath, 'utf8') }
  using comparison = await openEngine(databaseUrl, schema.content)
  const { stdout } = await comparison.diff({
    from: { tag: 'schemaDatasource', files: [schema], configDir: dirname(schemaPath) },
    to: { tag: 'schemaDatamodel', files: [schema] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout?.trim() ?? ''
}

export const noDifference = '-- This is an empty migration.'

/** What `prisma migrate status` would find: edited and failed migrations, and those missing on a side. */
export async function prismaStatus(
  databaseUrl: string,
  migrationsDir: string,
): Promise<engine.DiagnoseMigrationHistoryOutput> {
  using history = await openEngine(databaseUrl, readFileSync(schemaPath, 'utf8'))
  // Awaited here: the engine is given free when this function ends.
  return await history.diagnoseMigrationHistory({
    migrationsList: migrationList(migrationsDir),
    optInToShadowDatabase: false,
    filters: { externalTables: [], externalEnums: [] },
  })
}

function migrationList(baseDir: string): engine.MigrationList {
  const content = (path: string): string => readFileSync(join(baseDir, path), 'utf8')
  const names = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: content('migration_lock.toml') },
    shadowDbInitScript: '',
    migrationDirectories: names.map(({ name }) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: content(`${name}/migration.sql`) },
      },
    })),
  }
}

async function openEngine(databaseUrl: string, schema: string): Promise<engine.SchemaEngine> {
  await loadEngine()
  const adapter = readingConstraints(new PrismaPg({ connectionString: databaseUrl }))
  const datamodels: [string, string][] = [['schema.prisma', schema]]
  return engine.SchemaEngine.new(
    { datamodels },
    () => {},
    bindMigrationAwareSqlAdapterFactory(adapter),
  )
}

const readableSql = [
  ['constr.contype AS', 'constr.contype::text AS'],
  ['con.confdeltype,', 'con.confdeltype::text,'],
  ['con.confupdtype,', 'con.confupdtype::text,'],
  ["contype NOT IN ('p', 'u', 'f')", "contype NOT IN ('p', 'u', 'f', 'n')"],
] as const
const charColumns = new Set(['constraint_type', 'confdeltype', 'confupdtype'])

/**
 * The engine describes constraints with columns that the driver adapter cannot read, and does not know
 * the NOT NULL constraints that PostgreSQL 18 lists among them (https://github.com/prisma/orm/issues/29635,
 * seen 2026-11). Both are put right on the way.
 */
function readingConstraints(factory: PrismaPg): PrismaPg {
  const connect = factory.connect.bind(factory)
  factory.connect = async () => {
    const connection = await connect()
    const queryRaw = connection.queryRaw.bind(connection)
    connection.queryRaw = async (query) => {
      const sql = readableSql.reduce((text, [from, to]) => text.replace(from, to), query.sql)
      const result = await queryRaw({ ...query, sql })
      const columnTypes = result.columnTypes.map((type, index) =>
        charColumns.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
      )
      return { ...result, columnTypes }
    }
    return connection
  }
  return factory
}

// TypeScript declares it among the types of a browser only.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>
}

let loaded: Promise<void> | undefined

/** By hand: Node's own import of WebAssembly works, with a warning that it is experimental. */
function loadEngine(): Promise<void> {
  loaded ??= instantiate()
  return loaded
}

async function instantiate(): Promise<void> {
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = readFileSync(glue.replace(/\.js$/, '.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engine })
  // oxlint-disable-next-line no-underscore-dangle -- the name that wasm-bindgen gives it
  engine.__wbg_set_wasm(instance.exports)
  const start = instance.exports['__wbindgen_start']
  if (typeof start === 'function') start()
}
