/** The alerts of ops/prometheus/rules.yml. It is YAML of our own hand, so its lines can be counted on. */
import { readFileSync } from 'node:fs'

export interface Alert {
  name: string
  expression: string
  /** Empty = at once. */
  for: string
  severity: string
  summary: string
  runbookUrl: string
}

export function readAlerts(): Alert[] {
  const rules = readFileSync(new URL('../ops/prometheus/rules.yml', import.meta.url), 'utf8')
  const [, ...blocks] = rules.split(/^ +- alert: /m)
  return blocks.map((block) => ({
    name: block.split('\n')[0] ?? '',
    expression: readField(block, 'expr'),
    for: readField(block, 'for'),
    severity: readField(block, 'severity'),
    summary: readField(block, 'summary'),
    runbookUrl: readField(block, 'runbook_url'),
  }))
}

/** From the field's name to the next field, a blank line or the end. */
function readField(block: string, name: string): string {
  const lines = block.split('\n')
  const start = lines.findIndex((line) => line.trimStart().startsWith(`${name}: `))
  if (start === -1) return ''
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => line.trim() === '' || /^ +[a-z_]+:( |$)/.test(line))
  const first = lines[start]?.replace(/^[^:]*: (>-)?/, '') ?? ''
  const text = [first, ...rest.slice(0, end === -1 ? undefined : end)].join(' ')
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/^["']|["']$/g, '')
}
