/** `npm run bench [name…]`: runs all benchmarks, or those that are named. */
import { allUpstreams } from './all-upstreams.ts'
import { apiCold } from './api-cold.ts'
import { apiLoad } from './api-load.ts'
import { apiWhileRefreshing } from './api-while-refreshing.ts'
import { firstRefresh } from './first-refresh.ts'
import { onePercent, rewritten, unchanged } from './later-refreshes.ts'
import { naive } from './naive.ts'
import { runBenchmark, type Benchmark } from './report.ts'
import { visibility } from './visibility.ts'

const benchmarks: readonly Benchmark[] = [
  firstRefresh,
  unchanged,
  onePercent,
  rewritten,
  naive,
  allUpstreams,
  apiLoad,
  apiCold,
  apiWhileRefreshing,
  visibility,
]

const names = process.argv.slice(2)
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name))
if (unknown.length > 0) {
  console.log(`There is no benchmark ${unknown.join(', ')}. There are:`)
  for (const { name, about } of benchmarks) console.log(`  ${name.padEnd(14)} ${about}`)
  process.exitCode = 2
} else
  for (const benchmark of benchmarks)
    if (names.length === 0 || names.includes(benchmark.name)) await runBenchmark(benchmark)
