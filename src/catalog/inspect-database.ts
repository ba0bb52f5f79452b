/** What kind of PostgreSQL is behind the URL. */
import type { Reader } from './database.ts'

export interface DatabaseInspection {
  /** e.g. "18.4". */
  version: string
  /** e.g. 180004: comparable. */
  versionNumber: number
  megabytes: number
}

export async function inspectDatabase(reader: Reader): Promise<DatabaseInspection> {
  const [row] = await reader.$queryRaw<DatabaseInspection[]>`
    SELECT current_setting('server_version') AS version,
      current_setting('server_version_num')::int AS "versionNumber",
      (pg_database_size(current_database()) / 1048576)::int AS megabytes`
  return row ?? { version: 'unknown', versionNumber: 0, megabytes: 0 }
}
