/**
 * Whether this process can do its work: one result a check, each within a second, so that an answer
 * comes even when everything behind us is dead. `warn` keeps the process in service.
 *
 * Stale upstreams only warn: what is served is old and still the best there is, and taking every
 * process out would turn an upstream's outage into ours. Only an API with nothing to serve (no upstream
 * ever succeeded, and the catalog is at version 0) is not ready; a worker in that state is what mends it.
 */
import type { Reader } from '../catalog/database.ts'
import { assertSchemaCurrent } from '../catalog/migrate.ts'
import { readVersion } from '../catalog/versions.ts'
import { errorCodes, toPlumblineError, type ErrorCode, type PlumblineError } from '../errors.ts'
import { pingRedis, type EventsRedis } from '../events/redis.ts'
import { readFreshness } from '../history/gauges.ts'
import { isStale } from '../history/upstream-overview.ts'
import { createSampler, type Logger } from '../log.ts'
import { singleFlight } from '../single-flight.ts'
import { withinLimit } from '../within-limit.ts'

export type Role = 'api' | 'worker'
export type CheckStatus = 'pass' | 'warn' | 'fail'

export interface CheckResult {
  status: CheckStatus
  durationMs: number
  code?: ErrorCode
  message?: string
  /** Upstreams whose last success is older than twice their interval, or that never had one. */
  stale?: string[]
  catalogVersion?: number
}

export interface Readiness {
  /** The worst of the checks; `fail` is answered with 503. */
  status: CheckStatus
  role: Role
  checks: Record<string, CheckResult>
}

export interface ReadinessContext {
  log: Logger
  db: Reader
  config: { readonly databaseUrl?: string | undefined }
  /** Opened when it is used first. */
  readonly eventsRedis: EventsRedis
}

export const checkLimitMs = 1000

type Finding = Omit<CheckResult, 'durationMs'>
type Check = () => Promise<Finding>

export function createReadiness(context: ReadinessContext, role: Role): () => Promise<Readiness> {
  const checks = Object.entries({
    postgresql: () => checkDatabase(context),
    redis: () => checkRedis(context),
    schema: checkSchemaOnce(context),
    upstreams: () => checkFreshness(context, role),
  }).map(([name, check]) => ({ name, check: singleFlight(check) }))
  const sample = createSampler(60_000)
  const explain = (name: string, error: PlumblineError) =>
    sample(name, (suppressed) =>
      context.log.warn({ err: error, check: name, suppressed }, 'a readiness check failed'),
    )
  return async () => {
    const results = await Promise.all(
      checks.map(async ({ name, check }) => ({ name, ...(await runCheck(name, check, explain)) })),
    )
    return summarise(results, role)
  }
}

async function runCheck(
  name: string,
  check: Check,
  explain: (name: string, error: PlumblineError) => void,
): Promise<CheckResult> {
  const startedAt = performance.now()
  const found = check().catch((thrown: unknown): Finding => {
    const error = toPlumblineError(thrown)
    explain(name, error)
    // The message of an error may name hosts and accounts: it goes to the log only.
    return { status: 'fail', code: error.code, message: errorCodes[error.code] }
  })
  const finding = await withinLimit(checkLimitMs, () => found).catch(() => noAnswer)
  return { ...finding, durationMs: Math.round(performance.now() - startedAt) }
}

const noAnswer: Finding = { status: 'fail', message: `No answer within ${checkLimitMs} ms.` }

function summarise(results: readonly ({ name: string } & CheckResult)[], role: Role): Readiness {
  const has = (wanted: CheckStatus) => results.some(({ status }) => status === wanted)
  return {
    status: has('fail') ? 'fail' : has('warn') ? 'warn' : 'pass',
    role,
    checks: Object.fromEntries(results.map(({ name, ...result }) => [name, result])),
  }
}

async function checkDatabase({ db }: ReadinessContext): Promise<Finding> {
  await db.$queryRaw`SELECT 1`
  return { status: 'pass' }
}

async function checkRedis({ eventsRedis }: ReadinessContext): Promise<Finding> {
  await pingRedis(eventsRedis)
  return { status: 'pass' }
}

/**
 * Not asked again once it was current: while a new version is rolled out its migrations are ahead of
 * the processes that still run, and those must stay in service.
 */
function checkSchemaOnce({ config }: ReadinessContext): Check {
  let isCurrent = false
  return async () => {
    if (!isCurrent) await assertSchemaCurrent(config.databaseUrl ?? '')
    isCurrent = true
    return { status: 'pass' }
  }
}

async function checkFreshness({ db }: ReadinessContext, role: Role): Promise<Finding> {
  const [upstreams, catalogVersion] = [await readFreshness(db), await readVersion(db)]
  const neverSucceeded = upstreams.every(({ lastSuccessAt }) => lastSuccessAt === null)
  if (neverSucceeded && catalogVersion === 0)
    return {
      status: role === 'api' ? 'fail' : 'warn',
      message: 'The catalog is empty: no upstream has answered yet.',
      catalogVersion,
    }
  const now = new Date()
  const stale = upstreams.filter((one) => isStale(one, now)).map(({ id }) => id)
  if (stale.length === 0) return { status: 'pass', catalogVersion }
  const message = `${stale.length} of ${upstreams.length} upstreams are stale.`
  return { status: 'warn', message, stale, catalogVersion }
}
