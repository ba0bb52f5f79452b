/**
 * Counters, gauges and histograms of which every label must be given and none can grow without
 * bounds: a payload with 10,000 provider names, or a scanner of random routes, costs one series more.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export interface MetricDescription {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  labels: readonly string[]
  help: string
  buckets?: readonly number[]
}

type Labels<Label extends string> = Record<Label, string>

export interface CounterOf<Label extends string> {
  inc: (labels: Labels<Label>, by?: number) => void
  /** For what is counted thousands of times a second: added up aside until somebody looks. */
  counter: (labels: Labels<Label>) => () => void
}

export interface GaugeOf<Label extends string> {
  set: (labels: Labels<Label>, value: number) => void
  /** These and no others: series of things that are gone disappear; equal labels add up. */
  replace: (rows: Iterable<{ labels: Labels<Label>; value: number }>) => void
}

export interface HistogramOf<Label extends string> {
  observe: (labels: Labels<Label>, value: number) => void
  /** For what is observed thousands of times a second: the labels are looked up once. */
  observer: (labels: Labels<Label>) => (value: number) => void
}

const prefix = 'plumbline_'

/** Distinct values that one label may take in this process; later ones become `other`. */
export const maxLabelValues = 300

export function createInstruments(registry: Registry) {
  const descriptions: MetricDescription[] = []
  const bound = createBound()
  const registers = [registry]

  function counter<const Label extends string>(
    suffix: string,
    labels: readonly Label[],
    help: string,
  ): CounterOf<Label> {
    const name = prefix + suffix
    descriptions.push({ name, type: 'counter', labels, help })
    const aside: (() => void)[] = []
    const metric = new Counter<string>({
      name,
      help,
      labelNames: labels,
      registers,
      collect: () => aside.forEach((add) => add()),
    })
    if (labels.length === 0) metric.inc(0)
    return {
      inc: (values, by = 1) => metric.inc(bound(values), by),
      counter: (values) => {
        let count = 0
        aside.push(() => {
          metric.inc(bound(values), count)
          count = 0
        })
        return () => void (count += 1)
      },
    }
  }

  function gauge<const Label extends string>(
    suffix: string,
    labels: readonly Label[],
    help: string,
  ): GaugeOf<Label> {
    const name = prefix + suffix
    descriptions.push({ name, type: 'gauge', labels, help })
    const metric = new Gauge<string>({ name, help, labelNames: labels, registers })
    return {
      set: (values, value) => metric.set(bound(values), value),
      replace: (rows) => {
        metric.reset()
        for (const row of rows) metric.inc(bound(row.labels), row.value)
      },
    }
  }

  function histogram<const Label extends string>(
    suffix: string,
    labels: readonly Label[],
    buckets: number[],
    help: string,
  ): HistogramOf<Label> {
    const name = prefix + suffix
    descriptions.push({ name, type: 'histogram', labels, help, buckets })
    const metric = new Histogram<string>({ name, help, labelNames: labels, buckets, registers })
    return {
      observe: (values, value) => metric.observe(bound(values), value),
      observer: (values) => {
        const series = metric.labels(bound(values))
        return (value) => series.observe(value)
      },
    }
  }

  return { counter, gauge, histogram, descriptions }
}

function createBound(): (labels: Record<string, string>) => Record<string, string> {
  const seenByLabel = new Map<string, Set<string>>()
  return (labels) => {
    const bounded: Record<string, string> = {}
    for (const [label, value] of Object.entries(labels)) {
      const seen = seenByLabel.get(label) ?? new Set()
      seenByLabel.set(label, seen)
      if (seen.size < maxLabelValues) seen.add(value)
      bounded[label] = seen.has(value) ? value : 'other'
    }
    return bounded
  }
}
