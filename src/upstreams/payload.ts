/** A body → JSON, judged by what it is and not by its Content-Type: several feeds come as text/plain. */
import { PlumblineError } from '../errors.ts'
import type { JsonSources } from '../json-reader.ts'
import { isJsonObject, parseJsonWithSources, type Json, type JsonObject } from '../json.ts'

export interface PayloadSource {
  upstream: string
  contentType?: string | undefined
}

/**
 * Throws PlumblineError `payload_not_json` (empty, an HTML page, cut off, something else) or
 * `payload_shape` (an error message with status 200). All of them may be gone at the next attempt.
 */
export function parsePayload(body: string, source: PayloadSource): Json {
  return parsePayloadWithSources(body, source).json
}

/** With the text that entries were read from. Throws as `parsePayload` does. */
export function parsePayloadWithSources(
  body: string,
  source: PayloadSource,
): { json: Json; sources: JsonSources } {
  const parsed = parseBody(body, source)
  const complaint = isJsonObject(parsed.json) ? statedError(parsed.json) : undefined
  if (complaint === undefined) return parsed
  throw new PlumblineError(
    'payload_shape',
    `${source.upstream} answered with an error message instead of a list: ${excerpt(complaint, 200)}`,
    { retryable: true, nextStep: 'Read the message; the catalog keeps what it had.' },
  )
}

function parseBody(body: string, source: PayloadSource) {
  if (body.trim() === '') throw notJson(source, 'an empty body')
  if (/^\s*</.test(body)) throw notJson(source, describeMarkup(body))
  try {
    return parseJsonWithSources(body)
  } catch (error) {
    if (error instanceof RangeError) throw notJson(source, 'JSON that is nested too deeply', error)
    if (!(error instanceof SyntaxError)) throw error
    throw notJson(source, describeSyntax(error, body), error)
  }
}

function notJson(
  { upstream, contentType }: PayloadSource,
  what: string,
  cause?: Error,
): PlumblineError {
  const type = contentType === undefined ? '' : ` (Content-Type: ${excerpt(contentType, 60)})`
  return new PlumblineError('payload_not_json', `${upstream} answered with ${what}${type}.`, {
    retryable: true,
    nextStep: 'The catalog keeps what it had; open the URL by hand if it stays so.',
    cause,
  })
}

/** Login pages of hotel networks and errors of proxies come with status 200. */
function describeMarkup(body: string): string {
  const start = body.slice(0, 20_000)
  const title = /<title[^>]*>([^<]*)/i.exec(start)?.[1]?.trim()
  const kind = /^\s*<\?xml/i.test(start) ? 'XML' : 'an HTML page'
  return title ? `${kind} titled "${excerpt(title, 80)}"` : kind
}

function describeSyntax(error: SyntaxError, body: string): string {
  const position = /at position (\d+)/.exec(error.message)?.[1]
  const isAtEnd = position !== undefined && Number(position) >= body.trimEnd().length
  if (isAtEnd || /Unexpected end/.test(error.message))
    return `JSON that breaks off after ${body.length} characters`
  return `something that is not JSON, beginning with "${excerpt(body, 60)}"`
}

/** The message of an error envelope: `{"error": …}`, or `"success": false` as some gateways write. */
function statedError(json: JsonObject): string | undefined {
  const { error, errors, success, message } = json
  const hasList = Object.entries(json).some(
    ([name, value]) => name !== 'errors' && Array.isArray(value),
  )
  if (hasList) return undefined
  if (typeof error === 'string' && error !== '') return error
  if (isJsonObject(error) && ['message', 'code', 'type'].some((name) => name in error))
    return messageOf(error)
  return success === false ? messageOf({ message: message ?? errors ?? null }) : undefined
}

function messageOf({ message, ...rest }: JsonObject): string {
  return typeof message === 'string' ? message : JSON.stringify(message ?? rest)
}

/** One line without control characters, which an upstream could use to steer a terminal. */
function excerpt(text: string, length: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return line.length > length ? `${line.slice(0, length)}…` : line
}
