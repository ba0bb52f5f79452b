/**
 * PLUMBLINE_UPSTREAM_<ID>_URL, …_SCHEDULE, …_ENABLED and …_KEY. They are read without knowing which
 * upstreams exist (the registry lies above the configuration); `unknownUpstreams` checks the names.
 */
import { httpUrlExpectation, isLoopbackUrl, readFlag, readHttpUrl } from './config-values.ts'
import { PlumblineError } from './errors.ts'
import { parseSchedule, shortestIntervalMs } from './schedule.ts'

export interface UpstreamSettings {
  /** Instead of the adapter's own; loopback and private addresses are allowed for it. */
  url?: string
  /** A duration or cron, checked (schedule.ts). */
  schedule?: string
  /** Absent = as PLUMBLINE_UPSTREAMS says. */
  enabled?: boolean
  /** Instead of the key under the provider's usual name. */
  key?: string
}

/** `models-dev` → `MODELS_DEV`. */
export function upstreamEnvId(id: string): string {
  return id.toUpperCase().replaceAll('-', '_')
}

const upstreamName = /^PLUMBLINE_UPSTREAM_([A-Z0-9_]+)_(URL|SCHEDULE|ENABLED|KEY)$/

export interface ReadUpstreamSettings {
  byEnvId: ReadonlyMap<string, UpstreamSettings>
  problems: string[]
}

export function readUpstreamSettings(env: Readonly<Record<string, string>>): ReadUpstreamSettings {
  const byEnvId = new Map<string, UpstreamSettings>()
  const problems: string[] = []
  for (const envId of statedIds(env)) {
    const prefix = `PLUMBLINE_UPSTREAM_${envId}`
    const url = env[`${prefix}_URL`]
    const schedule = env[`${prefix}_SCHEDULE`]
    const enabled = env[`${prefix}_ENABLED`]
    const key = env[`${prefix}_KEY`]
    if (url !== undefined && readHttpUrl(url) === undefined)
      problems.push(`${prefix}_URL must be ${httpUrlExpectation}`)
    if (schedule !== undefined)
      for (const problem of scheduleProblems(schedule, url))
        problems.push(`${prefix}_SCHEDULE: ${problem}`)
    const isEnabled = enabled === undefined ? undefined : readFlag(enabled)
    if (enabled !== undefined && isEnabled === undefined)
      problems.push(`${prefix}_ENABLED must be true or false, not "${enabled}"`)
    if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
      problems.push(`${prefix}_KEY must have no spaces or control characters`)
    byEnvId.set(envId, {
      ...(url === undefined ? {} : { url }),
      ...(schedule === undefined ? {} : { schedule }),
      ...(isEnabled === undefined ? {} : { enabled: isEnabled }),
      ...(key === undefined ? {} : { key }),
    })
  }
  return { byEnvId, problems }
}

function statedIds(env: Readonly<Record<string, string>>): Set<string> {
  const ids = new Set<string>()
  for (const name of Object.keys(env)) {
    const id = upstreamName.exec(name)?.[1]
    if (id !== undefined) ids.add(id)
  }
  return ids
}

/**
 * What is wrong with a schedule. A server on this machine may be polled at any pace: tests and
 * demonstrations do.
 */
export function scheduleProblems(schedule: string, url: string | undefined): string[] {
  const minimumMs = url !== undefined && isLoopbackUrl(url) ? 100 : shortestIntervalMs
  try {
    parseSchedule(schedule, minimumMs)
    return []
  } catch (error) {
    if (error instanceof PlumblineError) return [error.message]
    throw error
  }
}
