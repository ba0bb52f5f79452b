// A program for migrate.db.test.ts: what `plumbline migrate` does, in a process that can be killed.
import { migrate } from '../../src/catalog/migrate.ts'

const [databaseUrl = '', migrationsDir = ''] = process.argv.slice(2)
console.log(JSON.stringify(await migrate(databaseUrl, { migrationsDir })))
