import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readAlerts } from '../docs/read-alerts.ts'
import { describeMetrics, syncOutcomes } from '../src/metrics.ts'
import { listProjectFiles, readProjectFile } from './support/project.ts'
import { findProblems, groupedBy } from './support/promql.ts'

const metrics = new Map(describeMetrics().map((metric) => [metric.name, metric]))
const alerts = readAlerts()

const Panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
})
const Dashboard = z.object({ panels: z.array(Panel), templating: z.unknown() })

const { panels } = Dashboard.parse(
  JSON.parse(readProjectFile('ops/grafana/dashboards/plumbline.json')),
)
const queries = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
)

/** Declared, and nothing outside metrics.ts sets them. */
const unfedByReason = new Map([
  ['scrapeCollectorUp', 'metrics.ts sets it at each scrape'],
  ['buildInfo', 'metrics.ts sets it at the start'],
])

/** Values of a label that an expression asks for: outcome=~"failed|partial" → failed, partial. */
function askedValues(expression: string, label: string): string[] {
  const asked = expression.matchAll(new RegExp(`\\b${label}(?:=~|!~|!=|=)"([^"]*)"`, 'g'))
  return [...asked].flatMap(([, values = '']) => values.split('|'))
}

describe('the alert rules', () => {
  it('are all read by this test', () => {
    const names = readProjectFile('ops/prometheus/rules.yml').match(/- alert: \w+/g)
    expect(alerts.map(({ name }) => `- alert: ${name}`)).toEqual(names)
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length)
  })

  it.each(alerts)('$name asks for metrics and labels that exist', ({ expression }) => {
    expect(expression).not.toBe('')
    expect(findProblems(expression, metrics)).toEqual([])
  })

  it.each(alerts)('$name says how bad it is, what it is and what to do', (alert) => {
    expect(alert.severity).toMatch(/^(warning|critical)$/)
    expect(alert.summary).not.toBe('')
    expect(alert.runbookUrl).toMatch(/^README\.md#runbook-[a-z-]+$/)
  })

  it('ask for outcomes that runs can have', () => {
    const asked = alerts.flatMap(({ expression }) => askedValues(expression, 'outcome'))
    expect(asked.length).toBeGreaterThan(0)
    expect(syncOutcomes).toEqual(expect.arrayContaining(asked))
  })
})

describe('the dashboard', () => {
  it.each(queries)('$title: $legendFormat asks for metrics and labels that exist', ({ expr }) => {
    expect(findProblems(expr, metrics)).toEqual([])
  })

  it.each(queries)('$title: the legend $legendFormat names labels of the result', (query) => {
    const named = [...query.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label)
    const isUngrouped = groupedBy(query.expr).length === 0
    const available = isUngrouped ? ['job', 'instance'] : groupedBy(query.expr)
    expect(available).toEqual(expect.arrayContaining(named))
  })

  it('explains every panel', () => {
    const unexplained = panels.filter(({ type, description }) => type !== 'row' && !description)
    expect(unexplained.map(({ title }) => title)).toEqual([])
  })

  it('lays no two panels over each other', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  })
})

describe('a problem is found in an expression that', () => {
  it.each([
    ['names a metric that is not declared', 'sum(plumbline_nothing)'],
    ['asks for a label that the metric has not', 'plumbline_models{upstream="x"}'],
    ['groups by a label that nothing in it has', 'sum by (model) (plumbline_models)'],
    ['takes a counter as it is', 'sum(plumbline_sync_runs_total)'],
    ['takes a histogram as a gauge', 'max(plumbline_sync_duration_seconds)'],
  ])('%s', (_what, expression) => {
    expect(findProblems(expression, metrics)).toHaveLength(1)
  })
})

describe('the declared metrics', () => {
  it('are fed somewhere', () => {
    const source = listProjectFiles('src')
      .filter((path) => path.endsWith('.ts') && !/generated|\/metrics/.test(path))
      .map(readProjectFile)
      .join('\n')
    const declared = [
      ...readProjectFile('src/metrics.ts').matchAll(/^ {4}(\w+): (?:counter|gauge|histogram)\(/gm),
    ]
    expect(declared).toHaveLength(metrics.size)
    const unfed = declared
      .map(([, name = '']) => name)
      .filter((name) => !source.includes(`.${name}`))
    expect(unfed.sort()).toEqual([...unfedByReason.keys()].sort())
  })
})
