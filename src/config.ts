/**
 * The only reader of the environment. Every setting is one row of `settings`; `.env.example`,
 * `plumbline config --help` and the README's table are rendered from it (config-docs.ts).
 */
import type { z } from 'zod'
import { findNearMisses, nearest } from './config-names.ts'
import {
  bytes,
  duration,
  endpoints,
  flag,
  httpUrlExpectation,
  isLoopbackUrl,
  oneOf,
  readHttpUrl,
  text,
  textAs,
  trustedProxies,
  upstreamIds,
  url,
  wholeNumber,
} from './config-values.ts'
import { deepFreeze } from './deep-freeze.ts'
import { PlumblineError } from './errors.ts'
import { readUpstreamSettings, upstreamEnvId, type UpstreamSettings } from './upstream-settings.ts'
import { hideCredentials, urlSecrets } from './url-credentials.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Setting {
  env: string
  schema: z.ZodType<unknown, string | undefined>
  /** As one would write it in the environment; absent = not set. */
  default?: string
  about: string
  /** Its value is never shown. A URL is no secret as a whole: its password is hidden instead. */
  secret?: true
}

const secretText = text('at least 8 characters without spaces', /^[\x21-\x7e]{8,}$/)

export const settings = {
  databaseUrl: {
    env: 'DATABASE_URL',
    schema: url(['postgres:', 'postgresql:']).optional(),
    about: 'PostgreSQL. Not set: `plumbline up` starts one in PLUMBLINE_DATA_DIR.',
  },
  redisUrl: {
    env: 'REDIS_URL',
    schema: url(['redis:', 'rediss:']).optional(),
    about: 'Redis or Valkey. Not set: `plumbline up` starts one in PLUMBLINE_DATA_DIR.',
  },
  redisPrefix: {
    env: 'REDIS_PREFIX',
    schema: text('letters, digits, - and _', /^[\w-]{1,64}$/),
    default: 'plumbline',
    about: 'Begins every key and channel in Redis, so that installations can share one server.',
  },
  host: {
    env: 'HOST',
    schema: text('an address to listen on', /^[\w.:%-]+$/),
    default: '127.0.0.1',
    about: 'Address on which the API and the metrics listen; 0.0.0.0 in a container.',
  },
  port: {
    env: 'PORT',
    schema: wholeNumber(0, 65_535),
    default: '8080',
    about: 'Port of the API; 0 takes any free one.',
  },
  publicUrl: {
    env: 'PUBLIC_URL',
    schema: url(['https:', 'http:']),
    default: 'http://127.0.0.1:8080',
    about: 'Address under which callers reach the API; the links in feeds begin with it.',
  },
  metricsPort: {
    env: 'METRICS_PORT',
    schema: wholeNumber(0, 65_535),
    default: '9464',
    about: 'Port of /metrics in `plumbline worker`, plus NODE_APP_INSTANCE; 0 switches it off.',
  },
  apiPublicRead: {
    env: 'API_PUBLIC_READ',
    schema: flag,
    default: 'true',
    about: 'Anybody may read the catalog (as tier free); false = only with a key or token.',
  },
  apiRateLimit: {
    env: 'API_RATE_LIMIT',
    schema: wholeNumber(0, 100_000_000),
    default: '600',
    about: 'Requests a minute from one address without a key; 0 = no limit.',
  },
  apiKeyRateLimit: {
    env: 'API_KEY_RATE_LIMIT',
    schema: wholeNumber(0, 100_000_000),
    default: '6000',
    about: 'Requests a minute with one key or of one token subject; 0 = no limit.',
  },
  apiAuthFailureLimit: {
    env: 'API_AUTH_FAILURE_LIMIT',
    schema: wholeNumber(0, 100_000_000),
    default: '20',
    about: 'Wrong keys and tokens a minute from one address; 0 = no limit.',
  },
  trustProxy: {
    env: 'TRUST_PROXY',
    schema: trustedProxies.optional(),
    about:
      'Proxies whose X-Forwarded-For is believed: how many are in front (1), or their addresses and ranges (10.0.0.0/8,::1). Not set: none, the connection counts.',
  },
  jwtIssuer: {
    env: 'JWT_ISSUER',
    schema: text('an issuer', /^\S+$/).optional(),
    about:
      'Issuer (`iss`) of tokens that are taken beside API keys; with JWT_AUDIENCE and JWT_JWKS_URL.',
  },
  jwtAudience: {
    env: 'JWT_AUDIENCE',
    schema: text('an audience', /^\S+$/).optional(),
    about: 'Audience (`aud`) that a token must be for.',
  },
  jwtJwksUrl: {
    env: 'JWT_JWKS_URL',
    schema: textAs(httpUrlExpectation, readHttpUrl).optional(),
    about: 'Where the public keys of the issuer are (a JWK Set).',
  },
  jwtTierClaim: {
    env: 'JWT_TIER_CLAIM',
    schema: text('a claim', /^[\w:/.-]+$/),
    default: 'tier',
    about: 'Claim of a token that holds the tier (free, pro, enterprise); anything else is free.',
  },
  apiCacheMaxBytes: {
    env: 'API_CACHE_MAX_BYTES',
    schema: bytes,
    default: '64MB',
    about:
      'Answers that an API process keeps in memory, at most; formats of other tools come on top.',
  },
  apiMaxStreams: {
    env: 'API_MAX_STREAMS',
    schema: wholeNumber(0, 100_000),
    default: '1000',
    about: 'Event streams that an API process keeps open at the same time.',
  },
  instance: {
    env: 'NODE_APP_INSTANCE',
    schema: wholeNumber(0, 1000),
    default: '0',
    about: 'Number of this process among equals on one machine; PM2 sets it.',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    schema: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    about: 'The least severe level that is logged: fatal, error, warn, info, debug, trace, silent.',
  },
  dataDir: {
    env: 'PLUMBLINE_DATA_DIR',
    schema: text('a path', /^[^\0]+$/),
    default: '.plumbline',
    about: 'Data of the servers that `plumbline up` starts, relative to the working folder.',
  },
  upstreams: {
    env: 'PLUMBLINE_UPSTREAMS',
    schema: upstreamIds.optional(),
    about:
      'Comma list of upstream ids to poll. Not set: those that need no key, and those whose key is set.',
  },
  openaiCompatible: {
    env: 'PLUMBLINE_OPENAI_COMPATIBLE',
    schema: endpoints,
    default: '',
    about:
      'Further OpenAI-compatible servers as id=base-url, comma-separated (lab=http://gpu1:8000/v1).',
  },
  configFile: {
    env: 'PLUMBLINE_CONFIG',
    schema: text('a path', /^[^\0]+$/),
    default: 'plumbline.yaml',
    about: 'File that declares further upstreams (README, Upstreams); the default need not exist.',
  },
  refreshConcurrency: {
    env: 'REFRESH_CONCURRENCY',
    schema: wholeNumber(1, 64),
    default: '4',
    about: 'Slices that one worker compares and commits at the same time.',
  },
  collectConcurrency: {
    env: 'COLLECT_CONCURRENCY',
    schema: wholeNumber(1, 64),
    default: '8',
    about: 'Upstreams that one worker fetches at the same time.',
  },
  refreshAttempts: {
    env: 'REFRESH_ATTEMPTS',
    schema: wholeNumber(1, 20),
    default: '4',
    about: 'Attempts before a refresh counts as failed; the pauses between them grow.',
  },
  refreshCooldownMs: {
    env: 'REFRESH_COOLDOWN',
    schema: duration('0'),
    default: '5m',
    about:
      'A refresh that is asked for by hand is refused for so long after the last one; 0 = never.',
  },
  fetchTimeoutMs: {
    env: 'FETCH_TIMEOUT',
    schema: duration('100ms'),
    default: '30s',
    about: 'One deadline for a whole answer: connecting, headers and body.',
  },
  fetchMaxBytes: {
    env: 'FETCH_MAX_BYTES',
    schema: bytes,
    default: '64MB',
    about:
      "Cap on one answer's decoded bytes; it lowers an upstream's own cap and never raises it.",
  },
  catalogAutoActivate: {
    env: 'CATALOG_AUTO_ACTIVATE',
    schema: flag,
    default: 'true',
    about: 'New models become active at once; false = they wait for review.',
  },
  adminApiKey: {
    env: 'ADMIN_API_KEY',
    schema: secretText.optional(),
    about: 'An API key with every scope, to create the others with.',
    secret: true,
  },
  slackWebhookUrl: {
    env: 'SLACK_WEBHOOK_URL',
    schema: url(['https:', 'http:']).optional(),
    about: 'Slack incoming webhook that is told of holds and failing upstreams.',
    secret: true,
  },
  retentionDays: {
    env: 'RETENTION_DAYS',
    schema: wholeNumber(1, 36_500),
    default: '90',
    about: 'Runs, rejects, audit entries and snapshots without effect are kept for so many days.',
  },
  shutdownTimeoutMs: {
    env: 'SHUTDOWN_TIMEOUT',
    schema: duration('100ms'),
    default: '30s',
    about: 'Deadline for a clean stop; then the process exits anyway.',
  },
  jobLockMs: {
    env: 'JOB_LOCK_DURATION',
    schema: duration('500ms'),
    default: '1m',
    about: 'A job whose worker has not been heard of for so long goes to another one.',
  },
  jobStalledIntervalMs: {
    env: 'JOB_STALLED_INTERVAL',
    schema: duration('100ms'),
    default: '15s',
    about: 'How often workers look for such jobs.',
  },
  outboxIntervalMs: {
    env: 'OUTBOX_INTERVAL',
    schema: duration('50ms'),
    default: '5s',
    about:
      'How often the outbox is searched for events that were not published right after their commit.',
  },
  reconcileIntervalMs: {
    env: 'RECONCILE_INTERVAL',
    schema: duration('100ms'),
    default: '1m',
    about: 'How often the schedules in Redis are made equal to those in PostgreSQL.',
  },
  circuitFailures: {
    env: 'CIRCUIT_FAILURES',
    schema: wholeNumber(1, 1000),
    default: '5',
    about: 'Failures in a row after which an upstream is left alone for CIRCUIT_PAUSE.',
  },
  circuitPauseMs: {
    env: 'CIRCUIT_PAUSE',
    schema: duration('0'),
    default: '1m',
    about: 'How long it is left alone before one request tries again.',
  },
  databasePool: {
    env: 'DATABASE_POOL',
    schema: wholeNumber(2, 500),
    default: '10',
    about: 'Connections to PostgreSQL per process at most, and as many for those who only read.',
  },
} as const satisfies Record<string, Setting>

type SettingName = keyof typeof settings
export type Settings = {
  readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']>
}

export interface DeclaredUpstreams {
  path: string
  text: string
}

/** The text of a file; undefined = there is no such file. */
export type ReadText = (path: string) => string | undefined

export interface Config extends Settings {
  /** What the environment says of one upstream; empty where it says nothing. */
  upstreamSettings: (id: string) => UpstreamSettings
  /** Every upstream that PLUMBLINE_UPSTREAM_<ID>_… speaks of, as <ID>. */
  upstreamEnvIds: readonly string[]
  /** A provider's key under its usual name, e.g. `OPENROUTER_API_KEY`. */
  keyFor: (envName: string) => string | undefined
  /** The file of PLUMBLINE_CONFIG as it is; undefined = there is none. upstreams/declared-upstreams.ts reads it. */
  declaredUpstreams: DeclaredUpstreams | undefined
  /** Every value that must not appear in a log line or an error. */
  secretValues: readonly string[]
  /** What looks like a setting and is none, and what is allowed but unwise: for the log at start. */
  warnings: readonly string[]
}

/** Names of this kind hold secrets of providers; nothing else of the environment is exposed. */
export const secretName = /(_API_KEY|_KEY|_TOKEN|_SECRET|_PASSWORD)$/

/**
 * Pure: reads nothing but `env`, which is the process's own unless given. An empty value counts as not set, since compose files pass those.
 * `defaults` stands in for what is not set: a command that a person watches is quieter than a service.
 * The file of PLUMBLINE_CONFIG is read through `readText`. Throws PlumblineError `config_invalid` that
 * lists every problem.
 */
export function loadConfig(
  env: Environment = process.env,
  defaults: Environment = {},
  readText: ReadText = () => undefined,
): Config {
  const present = { ...withoutEmpty(defaults), ...withoutEmpty(env) }
  const own = readSettings(present)
  const upstreams = readUpstreamSettings(present)
  const keys = readKeys(present)
  const path = own.values.configFile
  const declared = readText(path)
  const problems = [...own.problems, ...upstreams.problems, ...relations(own.values)]
  if (declared === undefined && path !== settings.configFile.default)
    problems.push(`${settings.configFile.env} names ${path}, which is not there`)
  if (problems.length > 0) throw invalidConfig(problems)
  return deepFreeze({
    ...own.values,
    metricsPort: own.values.metricsPort && own.values.metricsPort + own.values.instance,
    upstreamSettings: (id: string) => upstreams.byEnvId.get(upstreamEnvId(id)) ?? {},
    upstreamEnvIds: [...upstreams.byEnvId.keys()],
    keyFor: (name: string) => keys.byName.get(name),
    declaredUpstreams: declared === undefined ? undefined : { path, text: declared },
    secretValues: secretValues(present),
    warnings: [
      ...findNearMisses(Object.keys(present), knownNames()),
      ...keys.warnings,
      ...doubts(own.values),
    ],
  })
}

function withoutEmpty(env: Environment): Record<string, string> {
  const present: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value?.trim()) present[name] = value.trim()
  return present
}

function readSettings(env: Record<string, string>): { values: Settings; problems: string[] } {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const stated = env[setting.env] ?? setting.default
    const parsed = setting.schema.safeParse(stated)
    if (parsed.success) values[name] = parsed.data
    else problems.push(problem(setting, stated, parsed.error.issues[0]?.message))
  }
  // Each value was made by the schema that its type is taken from; with problems nobody sees it.
  return { values: values as Settings, problems }
}

function problem(setting: Setting, stated = '', message = 'is wrong'): string {
  return `${setting.env} ${message}${setting.secret ? '' : `, not "${hideCredentials(stated)}"`}`
}

function relations(values: Settings): string[] {
  const problems: string[] = []
  if (values.jobStalledIntervalMs >= values.jobLockMs)
    problems.push('JOB_STALLED_INTERVAL must be shorter than JOB_LOCK_DURATION')
  const token = [values.jwtIssuer, values.jwtAudience, values.jwtJwksUrl]
  if (token.includes(undefined) && token.some((value) => value !== undefined))
    problems.push('JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL go together: set all three or none')
  if (values.port !== 0 && values.port === values.metricsPort)
    problems.push(`PORT and METRICS_PORT must differ, both are ${values.port}`)
  return problems
}

/** What is allowed, and unwise. */
function doubts({ jwtJwksUrl }: Settings): string[] {
  if (!jwtJwksUrl?.startsWith('http:') || isLoopbackUrl(jwtJwksUrl)) return []
  return ['JWT_JWKS_URL is not https: whoever can change its answer can make tokens']
}

function invalidConfig(problems: readonly string[]): PlumblineError {
  const list = problems.map((line) => `  - ${line}`).join('\n')
  return new PlumblineError(
    'config_invalid',
    `The configuration has ${problems.length} problem(s):\n${list}`,
    {
      nextStep:
        'Correct them in the environment or in .env; `plumbline config --help` lists every setting.',
    },
  )
}

/** A key that cannot be a header value is left out with a warning: one bad key stops one upstream only. */
function readKeys(env: Record<string, string>): {
  byName: Map<string, string>
  warnings: string[]
} {
  const byName = new Map<string, string>()
  const warnings: string[] = []
  for (const [name, value] of Object.entries(env)) {
    if (!secretName.test(name)) continue
    if (/^[\x21-\x7e]+$/.test(value)) byName.set(name, value)
    else if (name.endsWith('_API_KEY'))
      warnings.push(`${name} is ignored: it has a space or a control character`)
  }
  return { byName, warnings }
}

function secretValues(env: Record<string, string>): string[] {
  const values = Object.entries(env)
    .filter(([name]) => secretName.test(name))
    .map(([, value]) => value)
  for (const setting of Object.values<Setting>(settings)) {
    const value = env[setting.env]
    if (value === undefined) continue
    if (setting.secret) values.push(value)
    values.push(...urlSecrets(value))
  }
  return [...new Set(values)]
}

function knownNames(): string[] {
  return Object.values<Setting>(settings).map((setting) => setting.env)
}

/**
 * Sentences on names in the configuration that no upstream has. Apart from `loadConfig`, since the
 * registry of upstreams lies above the configuration.
 */
export function unknownUpstreams(config: Config, knownIds: readonly string[]): string[] {
  const ids = [...knownIds, ...config.openaiCompatible.map((endpoint) => endpoint.id)]
  const listed = (config.upstreams ?? [])
    .filter((id) => !ids.includes(id))
    .map(
      (id) =>
        `PLUMBLINE_UPSTREAMS names "${id}", which no upstream has${suggest(nearest(id, ids))}`,
    )
  const envIds = ids.map(upstreamEnvId)
  const spoken = config.upstreamEnvIds
    .filter((envId) => !envIds.includes(envId))
    .map((envId) => {
      const similar = nearest(envId, envIds)
      return `PLUMBLINE_UPSTREAM_${envId}_… belongs to no upstream${suggest(similar && `PLUMBLINE_UPSTREAM_${similar}_…`)}`
    })
  return [...listed, ...spoken]
}

function suggest(name: string | undefined): string {
  return name === undefined ? '' : `; did you mean ${name}?`
}
