/** As much of PromQL as it takes to see whether an expression can find anything: names and labels. */
import type { MetricDescription } from '../../src/metrics-instruments.ts'

/** Added by Prometheus to whatever it scrapes. */
const targetLabels = ['job', 'instance']

/** One sentence for everything in the expression that no declared metric can satisfy. */
export function findProblems(
  expression: string,
  metrics: ReadonlyMap<string, MetricDescription>,
): string[] {
  const problems: string[] = []
  const known = new Set(targetLabels)
  for (const [, name = '', matchers = ''] of expression.matchAll(
    /\b(plumbline_\w+)(?:\{(.*?)\})?/g,
  )) {
    const series = resolve(name, metrics)
    if (!series) {
      problems.push(`${name} is not declared in src/metrics.ts`)
      continue
    }
    for (const label of series.labels) known.add(label)
    for (const [, label = ''] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
      if (![...series.labels, ...targetLabels].includes(label))
        problems.push(`${name} has no label ${label}`)
    if (series.isCounter && !new RegExp(`(rate|increase)\\(\\s*${name}\\b`).test(expression))
      problems.push(`${name} only ever rises: it needs rate() or increase()`)
  }
  for (const label of groupedBy(expression))
    if (!known.has(label)) problems.push(`nothing in the expression has the label ${label}`)
  return problems
}

/** The labels that the result can have, as far as `by` and `on` say. */
export function groupedBy(expression: string): string[] {
  return [...expression.matchAll(/\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/g)].flatMap(
    ([, labels = '']) => labels.split(',').map((label) => label.trim()),
  )
}

interface Series {
  labels: readonly string[]
  isCounter: boolean
}

function resolve(
  name: string,
  metrics: ReadonlyMap<string, MetricDescription>,
): Series | undefined {
  const metric = metrics.get(name)
  if (metric)
    return metric.type === 'histogram'
      ? undefined
      : { labels: metric.labels, isCounter: metric.type === 'counter' }
  const [, base = '', part] = /^(.*)_(bucket|sum|count)$/.exec(name) ?? []
  const histogram = metrics.get(base)
  if (histogram?.type !== 'histogram') return undefined
  const le = part === 'bucket' ? ['le'] : []
  return { labels: [...histogram.labels, ...le], isCounter: true }
}
