/** What one collect of an upstream must tell the next: validators, successes, failures, circuit. */
import { Prisma, type Db, type Reader, type Tx } from '../catalog/database.ts'
import { PlumblineError } from '../errors.ts'
import { recordNotice } from './notices.ts'

export interface UpstreamState {
  id: string
  enabled: boolean
  url: string
  schedule: string
  etag: string | null
  lastModified: string | null
  appliedSha256: string | null
  appliedAdapter: number | null
  appliedFence: number
  lastAttemptAt: Date | null
  lastSuccessAt: Date | null
  lastChangeAt: Date | null
  successCount: number
  consecutiveFailures: number
  circuitState: 'closed' | 'open' | 'half_open'
  circuitOpenUntil: Date | null
  requestCount: number
  failureCount: number
  latencyMsTotal: number
  lastErrorCode: string | null
  lastErrorMessage: string | null
}

export interface UpstreamRegistration {
  id: string
  enabled: boolean
  url: string
  schedule: string
  adapterVersion: number
  /** What it lists is what runs there now; default: it is a catalog. */
  runtime?: boolean
}

/**
 * Brings the table in line with the configuration. Validators belong to a URL: a new URL drops them.
 * Upstreams that are not configured any more are disabled, not deleted: their listings stay.
 */
export async function registerUpstreams(
  db: Db,
  registrations: readonly UpstreamRegistration[],
): Promise<void> {
  for (const { id, enabled, url, schedule, adapterVersion, runtime = false } of registrations)
    await db.$executeRaw`
      INSERT INTO upstreams (id, enabled, url, schedule, adapter_version, runtime)
      VALUES (${id}, ${enabled}, ${url}, ${schedule}, ${adapterVersion}, ${runtime})
      ON CONFLICT (id) DO UPDATE SET enabled = EXCLUDED.enabled, schedule = EXCLUDED.schedule,
        adapter_version = EXCLUDED.adapter_version, runtime = EXCLUDED.runtime, url = EXCLUDED.url,
        etag = CASE WHEN upstreams.url = EXCLUDED.url THEN upstreams.etag END,
        last_modified = CASE WHEN upstreams.url = EXCLUDED.url THEN upstreams.last_modified END
      WHERE (upstreams.enabled, upstreams.url, upstreams.schedule, upstreams.adapter_version, upstreams.runtime)
        IS DISTINCT FROM (EXCLUDED.enabled, EXCLUDED.url, EXCLUDED.schedule, EXCLUDED.adapter_version, EXCLUDED.runtime)`
  const ids = registrations.map(({ id }) => id)
  await db.$executeRaw`UPDATE upstreams SET enabled = false WHERE enabled AND NOT id = ANY(${ids})`
}

export async function readUpstreamState(reader: Reader, id: string): Promise<UpstreamState> {
  const [row] = await readStates(reader, Prisma.sql`WHERE id = ${id}`)
  if (!row)
    throw new PlumblineError('not_found', `There is no upstream ${id} in the database.`, {
      nextStep: 'List them with: plumbline upstreams',
    })
  return row
}

export async function listUpstreamStates(reader: Reader): Promise<UpstreamState[]> {
  return readStates(reader, Prisma.sql`ORDER BY id`)
}

type Counted = 'appliedFence' | 'successCount' | 'requestCount' | 'failureCount' | 'latencyMsTotal'

async function readStates(reader: Reader, clause: Prisma.Sql): Promise<UpstreamState[]> {
  const rows = await reader.$queryRaw<(Omit<UpstreamState, Counted> & Record<Counted, bigint>)[]>`
    SELECT id, enabled, url, schedule, etag, last_modified AS "lastModified", applied_sha256 AS "appliedSha256",
      applied_adapter AS "appliedAdapter", applied_fence AS "appliedFence", last_attempt_at AS "lastAttemptAt",
      last_success_at AS "lastSuccessAt", last_change_at AS "lastChangeAt", success_count AS "successCount",
      consecutive_failures AS "consecutiveFailures", circuit_state AS "circuitState",
      circuit_open_until AS "circuitOpenUntil", request_count AS "requestCount", failure_count AS "failureCount",
      latency_ms_total AS "latencyMsTotal", last_error_code AS "lastErrorCode", last_error_message AS "lastErrorMessage"
    FROM upstreams ${clause}`
  return rows.map((row) => ({
    ...row,
    appliedFence: Number(row.appliedFence),
    successCount: Number(row.successCount),
    requestCount: Number(row.requestCount),
    failureCount: Number(row.failureCount),
    latencyMsTotal: Number(row.latencyMsTotal),
  }))
}

/**
 * Lets one collect pass, or throws `circuit_open` with the time to wait. When the pause is over one
 * attempt is let through (half open); its outcome decides.
 */
export async function passCircuit(db: Db, upstream: string): Promise<void> {
  const [row] = await db.$queryRaw<{ waitMs: number; reason: string | null }[]>`
    UPDATE upstreams SET last_attempt_at = now(),
      circuit_state = CASE WHEN circuit_state = 'open' AND circuit_open_until <= now() THEN 'half_open' ELSE circuit_state END
    WHERE id = ${upstream}
    RETURNING last_error_message AS reason, CASE WHEN circuit_state = 'open'
      THEN ceil(extract(epoch FROM circuit_open_until - now()) * 1000)::float8 ELSE 0 END AS "waitMs"`
  const waitMs = row?.waitMs ?? 0
  if (waitMs <= 0) return
  const wait = `next attempt in ${Math.ceil(waitMs / 1000)} s`
  throw new PlumblineError(
    'circuit_open',
    `${upstream} failed too often; ${wait}. The last time: ${row?.reason ?? 'unknown'}`,
    { retryable: true, retryAfterMs: waitMs, nextStep: 'Nothing: it is tried again by itself.' },
  )
}

/** A whole list was seen: the circuit closes, and an upstream that had been failing is announced. */
export async function recordUpstreamSuccess(
  db: Db,
  upstream: string,
  { failures }: CircuitPolicy,
): Promise<void> {
  const [before] = await db.$queryRaw<{ failures: number; lastSuccessAt: Date | null }[]>`
    WITH before AS (SELECT consecutive_failures, last_success_at FROM upstreams WHERE id = ${upstream} FOR UPDATE)
    UPDATE upstreams SET last_success_at = now(), success_count = success_count + 1, consecutive_failures = 0,
      circuit_state = 'closed', circuit_open_until = NULL, last_error_code = NULL, last_error_message = NULL
    FROM before WHERE id = ${upstream}
    RETURNING before.consecutive_failures AS failures, before.last_success_at AS "lastSuccessAt"`
  if (!before || before.failures < failures) return
  await recordNotice(db, 'plumbline.upstream.recovered', {
    upstream,
    consecutiveFailures: before.failures,
    lastSuccessAt: before.lastSuccessAt?.toISOString() ?? null,
  })
}

export interface CircuitPolicy {
  /** Failures in a row that open the circuit. */
  failures: number
  pauseMs: number
}

/** The failure that opens the circuit is announced; those after it only keep it open. */
export async function recordUpstreamFailure(
  db: Db,
  upstream: string,
  error: PlumblineError,
  { failures, pauseMs }: CircuitPolicy,
): Promise<void> {
  const [after] = await db.$queryRaw<{ failures: number; lastSuccessAt: Date | null }[]>`
    UPDATE upstreams SET consecutive_failures = consecutive_failures + 1, failure_count = failure_count + 1,
      last_error_code = ${error.code}, last_error_message = ${error.message},
      circuit_state = CASE WHEN consecutive_failures + 1 >= ${failures} THEN 'open' ELSE circuit_state END,
      circuit_open_until = CASE WHEN consecutive_failures + 1 >= ${failures}
        THEN now() + make_interval(secs => ${pauseMs / 1000}::float8) ELSE circuit_open_until END
    WHERE id = ${upstream} RETURNING consecutive_failures AS failures, last_success_at AS "lastSuccessAt"`
  if (after?.failures !== failures) return
  await recordNotice(db, 'plumbline.upstream.failing', {
    upstream,
    consecutiveFailures: after.failures,
    errorCode: error.code,
    message: error.message,
    lastSuccessAt: after.lastSuccessAt?.toISOString() ?? null,
  })
}

export async function recordRequests(
  db: Db,
  upstream: string,
  requests: number,
  latencyMs: number,
): Promise<void> {
  await db.$executeRaw`
    UPDATE upstreams SET request_count = request_count + ${requests},
      latency_ms_total = latency_ms_total + ${Math.round(latencyMs)} WHERE id = ${upstream}`
}

export interface AppliedBody {
  /** The collect that brought it; one that was taken over meanwhile cannot vouch for anything. */
  runId: number
  fence: number
  sha256: string
  adapterVersion: number
  etag: string | undefined
  lastModified: string | undefined
}

/**
 * From now on conditional requests may be sent: this body was applied in full. Never called while a
 * slice of it is held or failed, else a 304 would freeze the catalog in a bad state.
 */
export async function recordAppliedBody(
  db: Db | Tx,
  upstream: string,
  body: AppliedBody,
): Promise<void> {
  await db.$executeRaw`
    WITH mine AS (SELECT 1 FROM refresh_runs WHERE id = ${body.runId} AND fence = ${body.fence}
      AND status IN ('queued', 'running') FOR SHARE)
    UPDATE upstreams SET applied_sha256 = ${body.sha256}, applied_adapter = ${body.adapterVersion},
      applied_fence = ${body.fence}, etag = ${body.etag ?? null}, last_modified = ${body.lastModified ?? null}
    FROM mine WHERE id = ${upstream} AND applied_fence < ${body.fence}`
}

/** The next request must bring the whole body. */
export async function forgetAppliedBody(db: Db | Tx, upstream: string): Promise<void> {
  await db.$executeRaw`
    UPDATE upstreams SET applied_sha256 = NULL, etag = NULL, last_modified = NULL WHERE id = ${upstream}`
}

export async function recordUpstreamChange(db: Db | Tx, upstream: string): Promise<void> {
  await db.$executeRaw`UPDATE upstreams SET last_change_at = now() WHERE id = ${upstream}`
}

/** A field beyond what the adapter reads. Times are ISO 8601. */
export interface SeenField {
  firstSeen: string
  /** Absent while the upstream states it. */
  lastSeen?: string
  /** JSON types, but null, that it had at any time, sorted; none = it was always null. */
  types: string[]
}

export type SeenFields = ReadonlyMap<string, SeenField>

/** In the order of their names. A plain time in the row is a field of which no types were noted. */
export async function readSeenFields(reader: Reader, upstream: string): Promise<SeenFields> {
  const rows = await reader.$queryRaw<
    { field: string; firstSeen: string; lastSeen: string | null; types: string[] }[]
  >`
    SELECT key AS field, coalesce(value ->> 'firstSeen', value #>> '{}') AS "firstSeen",
      value ->> 'lastSeen' AS "lastSeen",
      ARRAY(SELECT jsonb_array_elements_text(coalesce(value -> 'types', '[]'))) AS types
    FROM upstreams, jsonb_each(seen_fields) WHERE id = ${upstream} ORDER BY key`
  return new Map(
    rows.map(({ field, firstSeen, lastSeen, types }) => [
      field,
      lastSeen === null ? { firstSeen, types } : { firstSeen, lastSeen, types },
    ]),
  )
}

/** Adds them, or replaces what is stored under their names. */
export async function recordSeenFields(
  db: Db,
  upstream: string,
  fields: SeenFields,
): Promise<void> {
  await db.$executeRaw`
    UPDATE upstreams SET seen_fields = seen_fields || ${JSON.stringify(Object.fromEntries(fields))}::jsonb
    WHERE id = ${upstream}`
}
