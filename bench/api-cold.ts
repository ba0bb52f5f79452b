/** What an answer costs that nobody has asked for yet: read from PostgreSQL, one request after the other. */
import { z } from 'zod'
import { startApiProcess } from './api-process.ts'
import { openLab } from './lab.ts'
import { readPayloadFile } from './payload.ts'
import { openPlainReader } from './plain-readers.ts'
import { percentile, type Benchmark, type Measurement } from './report.ts'

const requests = 200
const warmUps = 50
const words = ['gpt', 'claude sonnet', 'lama 3', 'gemini flash', 'deepsek', 'qwen coder', 'mistral']

const Ids = z.object({ models: z.array(z.object({ id: z.string() })) })

interface Case {
  name: string
  targetMs: number
  /** A path that was not asked for before, for every number. */
  path: (number: number) => string
}

export const apiCold: Benchmark = {
  name: 'api-cold',
  about: 'answers that are in no cache, from PostgreSQL; the 95th percentile counts.',
  measure: async () => {
    const lab = await openLab()
    try {
      lab.upstream.serve(readPayloadFile().body)
      return await lab.withWorker(async ({ refresh, env, context }) => {
        await refresh('applied')
        // As autovacuum leaves it within a minute: what was written at once lies in no list to be merged.
        await context.db.$executeRaw`VACUUM (ANALYZE)`
        const cases = await withApi(env, prepare)
        const measured: Measurement[] = []
        for (const each of cases)
          measured.push(...(await withApi(env, (url) => measureCase(url, each))))
        return measured
      })
    } finally {
      await lab.close()
    }
  },
}

/** A process for each case: what another one has left in memory, or is still putting away, is not its cost. */
async function withApi<T>(
  env: Record<string, string>,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const api = await startApiProcess(env)
  try {
    return await work(api.url)
  } finally {
    await api.stop()
  }
}

async function prepare(url: string): Promise<Case[]> {
  const list = await fetch(`${url}/api/v1/models?limit=1000&sort=-release_date`)
  const ids = Ids.parse(await list.json()).models.map(({ id }) => encodeURIComponent(id))
  const id = (number: number) => ids[number % ids.length] ?? ''
  return [
    // A filter that every model passes makes it a list of its own.
    {
      name: 'a list of 1,000',
      targetMs: 100,
      path: (n) => `/api/v1/models?limit=1000&min_context=${n}`,
    },
    { name: 'a page of 50', targetMs: 10, path: (n) => `/api/v1/models?limit=50&min_context=${n}` },
    {
      name: 'a search',
      targetMs: 20,
      path: (n) =>
        `/api/v1/models?limit=20&min_context=${n}&search=${encodeURIComponent(words[n % words.length] ?? '')}`,
    },
    { name: 'one model', targetMs: 10, path: (n) => `/api/v1/models/${id(n)}` },
    {
      name: 'four compared',
      targetMs: 10,
      path: (n) => `/api/v1/models/compare?ids=${[n, n + 1, n + 2, n + 3].map(id).join(',')}`,
    },
    { name: 'offers', targetMs: 10, path: (n) => `/api/v1/models/${id(n)}/offers` },
    {
      name: 'prices on a day',
      targetMs: 10,
      path: (n) => `/api/v1/models/${id(n)}/prices?at=2099-01-01`,
    },
  ]
}

async function measureCase(url: string, { name, path, targetMs }: Case): Promise<Measurement[]> {
  const reader = await openPlainReader(url)
  const values: number[] = []
  try {
    // The first few compile code and plan statements.
    for (let number = -warmUps; number < requests; number++) {
      const latencyMs = await reader.read(path(number + warmUps))
      if (number >= 0) values.push(latencyMs)
    }
  } finally {
    reader.close()
  }
  return [
    { case: name, values, unit: 'ms' },
    { case: `${name}: p95`, values: [percentile(values, 95)], unit: 'ms', target: targetMs },
  ]
}
