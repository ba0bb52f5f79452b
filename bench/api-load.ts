/**
 * The API under load, against Fastify that does nothing but send the same bytes. Server, database and
 * the generator share the machine: only the ratios of one run say something.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import autocannon from 'autocannon'
import { startApiProcess, startStaticProcess, type ListeningProcess } from './api-process.ts'
import { openLab } from './lab.ts'
import { readPayloadFile } from './payload.ts'
import { readPlainly } from './plain-readers.ts'
import { percentile, type Benchmark, type Measurement } from './report.ts'

const connections = 100
const rounds = 8
// Short ones, in turns: what else the machine does meets both alike.
const roundSeconds = 2
const warmUpSeconds = 3

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
    const [ratios, ours, theirs]: [number[], number[], number[]] = [[], [], []]
    const [p99, p99OfStatic]: [number[], number[]] = [[], []]
    const url = api.url + path
    for (const each of [url, plain.url]) await load(each, warmUpSeconds)
    for (let round = 0; round < rounds; round++) {
      const [own, other] = [await load(url, roundSeconds), await load(plain.url, roundSeconds)]
      ratios.push(own / other)
      ours.push(own)
      theirs.push(other)
      p99.push(await p99Of(url))
      p99OfStatic.push(await p99Of(plain.url))
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
      {
        case: `${name}: p99 at ${connections} connections`,
        values: p99,
        unit: 'ms',
        target: 20,
      },
      { case: 'the same of the static buffer', values: p99OfStatic, unit: 'ms' },
    ]
  } finally {
    await plain.stop()
  }
}

async function p99Of(url: string): Promise<number> {
  return percentile(await readPlainly(url, connections, roundSeconds * 1000), 99)
}

/** A thousand at once, on what they ask for most: a page of the list. Throws when one gets no answer. */
async function manyReaders(api: ListeningProcess): Promise<Measurement[]> {
  const p95: number[] = []
  for (let round = 0; round < rounds; round++) {
    const latencies = await readPlainly(
      `${api.url}/api/v1/models?limit=10`,
      1000,
      roundSeconds * 1000,
    )
    p95.push(percentile(latencies, 95))
  }
  return [{ case: '1,000 readers: p95', values: p95, unit: 'ms', target: 100 }]
}

/** Requests per second. Throws when one gets no answer. */
async function load(url: string, seconds: number): Promise<number> {
  const headers = { 'accept-encoding': 'gzip' }
  const result = await autocannon({ url, connections, headers, duration: seconds })
  if (result.errors + result.timeouts + result.non2xx > 0)
    throw new Error(`${url} fails under load`)
  return result['2xx'] / result.duration
}

async function readGzipped(url: string): Promise<Buffer> {
  const response = await fetch(url)
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}`)
  return gzipSync(Buffer.from(await response.arrayBuffer()), { level: 6 })
}
