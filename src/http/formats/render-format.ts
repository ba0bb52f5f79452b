/** From a format and a catalog to the text: at once, or in turns with whatever else the process does. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import type { Candidate, Entry, Format, FormatSource, Section } from './format.ts'

export interface Rendered {
  text: string
  candidate: Candidate
}

export function renderFormat(format: Format, source: FormatSource): Rendered {
  const candidate: Candidate = { models: 0, invalid: undefined }
  return { text: [...pieces(format, source, candidate)].join(''), candidate }
}

export interface RenderedBytes {
  body: Buffer
  candidate: Candidate
}

/** How long requests may wait for a piece of a document. */
const turnMs = 4

export async function renderInTurns(format: Format, source: FormatSource): Promise<RenderedBytes> {
  const candidate: Candidate = { models: 0, invalid: undefined }
  const parts: Buffer[] = []
  let text = ''
  let turnEnds = performance.now() + turnMs
  for (const piece of pieces(format, source, candidate)) {
    text += piece
    if (performance.now() < turnEnds) continue
    parts.push(Buffer.from(text))
    text = ''
    await nextTurn()
    turnEnds = performance.now() + turnMs
  }
  return { body: Buffer.concat([...parts, Buffer.from(text)]), candidate }
}

/** Counts and checks what it writes. An empty piece says only that time has passed. */
function* pieces(format: Format, source: FormatSource, candidate: Candidate): Generator<string> {
  for (const section of format.sections) {
    yield section.open
    let separator = ''
    for (const entry of section.entries(source)) {
      if (entry === undefined) {
        yield ''
        continue
      }
      const json = JSON.stringify(entry.value)
      candidate.models += entry.models ?? 1
      candidate.invalid ??= problemOf(section, entry, json)
      const key = entry.key === undefined ? '' : `${JSON.stringify(entry.key)}:`
      yield separator + key + json
      separator = ','
    }
    yield section.close
  }
}

function problemOf({ schema }: Section, { key }: Entry, json: string): string | undefined {
  const parsed = schema.safeParse(JSON.parse(json))
  if (parsed.success) return undefined
  const [issue] = parsed.error.issues
  const place = [...(key === undefined ? [] : [key]), ...(issue?.path ?? [])].map(String)
  return `${place.join('.') || json.slice(0, 80)}: ${issue?.message ?? z.prettifyError(parsed.error)}`
}
