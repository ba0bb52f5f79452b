/**
 * Parts of the documents that are tables of the code. They stand between `<!-- name:begin -->` and
 * `<!-- name:end -->`; `npm run docs` rewrites them and test/docs.test.ts compares them.
 */
import { renderConfigTable } from '../src/config-docs.ts'
import { errorCodes } from '../src/errors.ts'
import { eventMap } from '../src/events/events.ts'
import { formats } from '../src/http/formats/format-table.ts'
import { formatParts } from '../src/http/routes/format-parts.ts'
import { statusByCode } from '../src/http/problem.ts'
import { describeMetrics } from '../src/metrics.ts'
import { upstreams } from '../src/upstreams/registry.ts'
import { code, markdownTable } from './markdown-table.ts'
import { renderCircumstances, renderMeters } from './price-tables.ts'
import { readAlerts } from './read-alerts.ts'

const statuses = new Map<string, number>(Object.entries(statusByCode))

export const markedParts = {
  config: renderConfigTable,
  metrics: () =>
    markdownTable(
      ['Metric', 'Type', 'Labels', 'Meaning'],
      describeMetrics().map(({ name, type, labels, help }) => [
        code(name),
        type,
        labels.map(code).join(', '),
        help,
      ]),
    ),
  alerts: () =>
    markdownTable(
      ['Alert', 'Severity', 'When', 'What to do'],
      readAlerts().map(({ name, severity, summary, runbookUrl }) => [
        code(name),
        severity,
        withoutTemplates(summary),
        `[runbook](${runbookUrl.replace('README.md', '')})`,
      ]),
    ),
  errors: () =>
    markdownTable(
      ['Code', 'HTTP', 'Meaning'],
      Object.entries(errorCodes).map(([name, about]) => [
        code(name),
        String(statuses.get(name)),
        about,
      ]),
    ),
  events: () =>
    markdownTable(
      ['Type', 'Sent'],
      Object.entries(eventMap).map(([type, { about }]) => [code(type), about]),
    ),
  formats: () =>
    markdownTable(
      ['Export', 'Path', 'What it is'],
      formats.map(({ name, path, aliases = [], summary }) => [
        code(name),
        [path, ...aliases].map((url) => code(`GET ${url}`)).join('<br>'),
        summary,
      ]),
    ),
  'format-parts': () =>
    markdownTable(
      ['Path', 'What it is'],
      Object.entries(formatParts).map(([path, summary]) => [code(`GET ${path}`), summary]),
    ),
  upstreams: () =>
    markdownTable(
      ['Id', 'Upstream', 'Polled', 'Key'],
      upstreams.map(({ id, title, docs, schedule, key, optIn }) => [
        code(id),
        `[${title}](${docs})`,
        `${code(schedule)}${optIn ? ', when it is named or its URL is set' : ''}`,
        key ? `${code(key.env)}${key.required ? '' : ' (optional)'}` : '',
      ]),
    ),
  meters: renderMeters,
  circumstances: renderCircumstances,
} as const satisfies Record<string, () => string>

/** The document with its marked parts as they should be. Throws where a mark has no part. */
export function renderMarkedParts(document: string): string {
  const mark = /(<!-- ([\w-]+):begin -->\n)[^]*?(<!-- \2:end -->)/g
  return document.replaceAll(mark, (_, begin: string, name: string, end: string) => {
    const part = Object.entries(markedParts).find(([known]) => known === name)
    if (!part) throw new Error(`There is no part ${name}; see docs/marked-parts.ts.`)
    return `${begin}\n${part[1]().trim()}\n\n${end}`
  })
}

/** `{{ $labels.upstream }}` is filled in by Prometheus; here it is its name. */
function withoutTemplates(summary: string): string {
  return summary
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '*$1*')
    .replaceAll(/\{\{ \$value[^}]*\}\}/g, '…')
}
