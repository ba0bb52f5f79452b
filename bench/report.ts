/** What a benchmark found, as a table and as JSON in bench/results/. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'

export interface Measurement {
  /** What was done. */
  case: string
  /** One number for each repetition. */
  values: number[]
  unit: 'ms' | 'MB' | '×' | '/s' | ''
  /** What the median must stay below (or, for ratios, reach). */
  target?: number
}

export interface Benchmark {
  name: string
  /** One sentence for `npm run bench -- --help` and the head of the table. */
  about: string
  readonly measure: () => Promise<Measurement[]>
}

export interface Spread {
  min: number
  median: number
  max: number
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
  return { min: sorted[0] ?? median, median, max: sorted.at(-1) ?? median }
}

/** Of the nearest rank. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN
}

/** Prints the table and writes the JSON; the load before and after tells how far to trust it. */
export async function runBenchmark({ name, about, measure }: Benchmark): Promise<void> {
  const loadBefore = loadavg()
  console.log(`\n${name}: ${about}`)
  const measurements = await measure()
  const loadAfter = loadavg()
  for (const line of toTable(measurements)) console.log(line)
  console.log(`load average before ${showLoad(loadBefore)}, after ${showLoad(loadAfter)}`)
  const folder = fileURLToPath(new URL('results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const machine = { cores: cpus().length, model: cpus()[0]?.model, node: process.version }
  const cases = measurements.map((each) => ({ ...each, ...spread(each.values) }))
  const result = { name, at: new Date().toISOString(), machine, loadBefore, loadAfter, cases }
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(result, undefined, 2)}\n`)
}

function showLoad(load: readonly number[]): string {
  return load.map((value) => value.toFixed(2)).join(' ')
}

function toTable(measurements: readonly Measurement[]): string[] {
  const rows = measurements.map((measurement) => {
    const { min, median, max } = spread(measurement.values)
    const numbers = [min, median, max].map((value) => show(value, measurement.unit))
    return [measurement.case, String(measurement.values.length), ...numbers, verdict(measurement)]
  })
  const table = [['', 'n', 'min', 'median', 'max', 'target'], ...rows]
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  return table.map((row) =>
    row
      .map((cell, column) => {
        const width = widths?.[column] ?? 0
        return column === 0 || column === 5 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd(),
  )
}

function show(value: number, unit: Measurement['unit']): string {
  return unit === '×'
    ? `${value.toFixed(2)}×`
    : `${value < 100 && unit === 'ms' ? value.toFixed(1) : Math.round(value)} ${unit}`.trim()
}

function verdict({ values, unit, target }: Measurement): string {
  if (target === undefined) return ''
  const { median } = spread(values)
  const isMet = unit === '×' ? median >= target : median < target
  const bound = unit === '×' ? `at least ${target}×` : `under ${target} ${unit}`.trim()
  return `${bound}: ${isMet ? 'met' : 'MISSED'}`
}
