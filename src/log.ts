/**
 * JSON lines on stdout, written synchronously: a buffered destination lost every line when the
 * process ended by `process.exit`. Secrets are replaced by value in the finished line, which also
 * reaches messages, stacks and whatever a library put into its error.
 */
import { destination as pinoDestination, pino, stdTimeFunctions, type Logger } from 'pino'
import type { Settings } from './config.ts'
import { hideTokens } from './hide-tokens.ts'
import { prettyLine } from './log-pretty.ts'

export type { Logger }
export type LogLevel = Settings['logLevel']

export interface LogOptions {
  level: LogLevel
  /** Lines go to it instead of stdout; each call is one whole line with its line break. */
  destination?: 'stdout' | 'stderr' | { write: (line: string) => unknown }
  /** Values that no line may contain (`Config.secretValues`). */
  secretValues?: readonly string[]
  /** `pretty` is for a terminal that a person watches; everything else gets JSON lines. */
  format?: 'json' | 'pretty'
  /** Fields of every line. */
  bindings?: Record<string, unknown>
}

export function createLogger(options: LogOptions): Logger {
  const { level, destination = 'stdout', secretValues = [], format = 'json', bindings } = options
  const sink =
    typeof destination === 'object'
      ? destination
      : pinoDestination({ fd: destination === 'stderr' ? 2 : 1, sync: true })
  const redact = redactor(secretValues)
  const hide = (line: string) => hideTokens(redact(line))
  const render = format === 'pretty' ? prettyLine : (line: string) => line
  return pino(
    {
      level,
      base: bindings ?? null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
    },
    { write: (line: string) => sink.write(render(hide(line))) },
  )
}

/** Shorter values are words: replacing them would mangle lines and hide nothing. */
const shortestSecret = 8

/** Replaces every secret, as it is and as JSON and URLs escape it. */
export function redactor(secretValues: readonly string[]): (text: string) => string {
  const variants = secretValues
    .flatMap((value) => (value.length < shortestSecret ? [] : escapedForms(value)))
    .sort((a, b) => b.length - a.length)
  if (variants.length === 0) return (text) => text
  const pattern = new RegExp([...new Set(variants)].map(escapePattern).join('|'), 'g')
  return (text) => text.replace(pattern, '[redacted]')
}

function escapedForms(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

interface ErrorDescription {
  type: string
  message: string
  stack?: string
  cause?: unknown
  [field: string]: unknown
}

/** Fields of errors that say more than the message; everything else of an error stays out of the log. */
const errorFields = [
  'code',
  'retryable',
  'retryAfterMs',
  'httpStatus',
  'nextStep',
  'errno',
  'syscall',
  'address',
  'port',
]

/** An error with its code and its causes. Five levels: a cause can be its own cause. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const description: ErrorDescription = { type: error.name, message: error.message }
  const fields = new Map<string, unknown>(Object.entries(error))
  for (const name of errorFields)
    if (fields.get(name) !== undefined) description[name] = fields.get(name)
  if (error.stack !== undefined) description.stack = error.stack
  if (depth >= 5) return description
  if (error.cause !== undefined) description.cause = describeError(error.cause, depth + 1)
  if (error instanceof AggregateError)
    description['errors'] = error.errors
      .slice(0, 10)
      .map((member: unknown) => describeError(member, depth + 1))
  return description
}

/**
 * Lets the first of equal lines through at once and then at most one every `everyMs`, with the number
 * of those left out: a Redis that is full or gone emits thousands of error events a second.
 */
export function createSampler(
  everyMs: number,
  now: () => number = Date.now,
): (key: string, write: (suppressed: number) => void) => void {
  const lines = new Map<string, { nextAt: number; suppressed: number }>()
  return (key, write) => {
    const line = lines.get(key)
    if (line && now() < line.nextAt) {
      line.suppressed++
      return
    }
    lines.set(key, { nextAt: now() + everyMs, suppressed: 0 })
    write(line?.suppressed ?? 0)
  }
}
