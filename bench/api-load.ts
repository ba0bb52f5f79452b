/**
 * The API under load, against Fastify that does nothing but send the same bytes. Server, database and
 * the generator share the machine: only the ratios of one run say something.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import autocannon, { type Result } from 'autocannon'
import { startApiProcess, startStaticProcess, type ListeningProcess } from './api-process.ts'
import { openLab } from './lab.ts'
import { readPayloadFile } from './payload.ts'
import type { Benchmark, Measurement } from './report.ts'

const rounds = 3
const durationSeconds = 5

const paths = {
  'the whole catalog (/api.json)': '/api.json',
  'a filtered list': '/api/v1/models?provider=openai&capability=vision&limit=100',
} as const

export const apiLoad: Benchmark = {
  name: 'api-load',
  about: 'requests per second of cached answers, against Fastify that sends the same bytes.',
  measure: async () => {
    const lab = await openLab()
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))
    try {
      lab.upstream.serve(readPayloadFile().body)
      return await lab.withWorker(async ({ refresh, env }) => {
        await refresh('applied')
        const api = await startApiProcess(env)
        try {
          const measured: Measurement[] = []
          for (const [name, path] of Object.entries(paths))
            measured.push(...(await compare(api, name, path, join(folder, 'body.gz'))))
          return [...measured, ...(await manyReaders(api))]
        } finally {
          await api.stop()
        }
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
      await lab.close()
    }
  },
}

async function compare(
  api: ListeningProcess,
  name: string,
  path: string,
  file: string,
): Promise<Measurement[]> {
  writeFileSync(file, await readGzipped(api.url + path))
  const plain = await startStaticProcess(file)
  try {
    const [ratios, ours, theirs, p99]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let round = 0; round < rounds; round++) {
      const own = await load(api.url + path, 100)
      const other = await load(plain.url, 100)
      ratios.push(own.requests.average / other.requests.average)
      ours.push(own.requests.average)
      theirs.push(other.requests.average)
      p99.push(own.latency.p99)
    }
    return [
      {
        case: `${name}: requests per second / those of a static buffer`,
        values: ratios,
        unit: '×',
        target: 0.8,
      },
      { case: `${name}: requests per second`, values: ours, unit: '/s' },
      { case: `a static buffer of its size`, values: theirs, unit: '/s' },
      { case: `${name}: p99 at 100 connections`, values: p99, unit: 'ms', target: 20 },
    ]
  } finally {
    await plain.stop()
  }
}

/** A thousand at once, on what they ask for most: a page of the list. */
async function manyReaders(api: ListeningProcess): Promise<Measurement[]> {
  const p97: number[] = []
  const errors: number[] = []
  for (let round = 0; round < rounds; round++) {
    const result = await load(`${api.url}/api/v1/models?limit=10`, 1000)
    // It knows no 95th percentile: the 97.5th is the stricter one.
    p97.push(result.latency.p97_5)
    errors.push(result.errors + result.timeouts + result.non2xx)
  }
  return [
    { case: '1,000 readers: p97.5', values: p97, unit: 'ms', target: 100 },
    { case: '1,000 readers: errors', values: errors, unit: '', target: 1 },
  ]
}

async function load(url: string, connections: number): Promise<Result> {
  const headers = { 'accept-encoding': 'gzip' }
  // What is measured is the steady state: compiled code, compressed bytes, open connections.
  await autocannon({ url, connections, headers, duration: 1 })
  return autocannon({ url, connections, headers, duration: durationSeconds })
}

async function readGzipped(url: string): Promise<Buffer> {
  const response = await fetch(url)
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`)
  return gzipSync(Buffer.from(await response.arrayBuffer()), { level: 6 })
}
