/** A log line for a person: time, level, message and fields on one line. */
import pc from 'picocolors'
import { withoutControl } from './control-characters.ts'
import { isJsonObject } from './json.ts'

const colours: Record<string, (text: string) => string> = {
  warn: pc.yellow,
  error: pc.red,
  fatal: pc.red,
  debug: pc.dim,
  trace: pc.dim,
}

/** What is not a JSON object passes unchanged. */
export function prettyLine(line: string): string {
  const record = parseLine(line)
  if (!record) return line
  const { time, level, msg, err, ...fields } = record
  const name = typeof level === 'string' ? level : 'info'
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${fieldText(value)}`)
  const head = `${clock(time)} ${(colours[name] ?? pc.green)(name.padEnd(5))} ${withoutControl(plain(msg ?? ''))}`
  const details = withoutControl([...shown, ...errorText(err)].join(' '))
  return details === '' ? `${head}\n` : `${head} ${pc.dim(details)}\n`
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const record: unknown = JSON.parse(line)
    return isJsonObject(record) ? record : undefined
  } catch {
    return undefined
  }
}

function clock(time: unknown): string {
  return typeof time === 'string' ? time.slice(11, 19) : ''
}

function fieldText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value)
    ? value
    : (JSON.stringify(value) ?? '')
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** Message and code; the stack only of a bug, whose error has no code. */
function errorText(err: unknown): string[] {
  if (!isJsonObject(err)) return []
  const { code, message, nextStep, stack } = err
  if (code === undefined) return [plain(stack ?? message)]
  return [`${plain(code)}:`, plain(message), ...(nextStep === undefined ? [] : [plain(nextStep)])]
}
