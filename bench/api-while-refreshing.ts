/** A thousand readers while a refresh commits every second: every answer must be of one version. */
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon, { type Client, type Result } from 'autocannon'
import { z } from 'zod'
import { startApiProcess } from './api-process.ts'
import { openLab, type RunningInstallation } from './lab.ts'
import { readPayloadFile, withNamedModels } from './payload.ts'
import type { PayloadServer } from './payload-server.ts'
import type { Benchmark, Measurement } from './report.ts'

const commits = 15
const connections = 1000
const path = '/api/v1/models?provider=openai&limit=20'

const Answer = z.object({ version: z.number(), models: z.array(z.object({ name: z.string() })) })

export const apiWhileRefreshing: Benchmark = {
  name: 'api-while-refreshing',
  about: 'a thousand readers while every second a commit changes what they read.',
  measure: async () => {
    const lab = await openLab()
    try {
      const { body } = readPayloadFile()
      lab.upstream.serve(withNamedModels(body, 'openai', 'Round 0'))
      return await lab.withWorker(async (running) => {
        await running.refresh('applied')
        const api = await startApiProcess(running.env)
        try {
          const seen = watchAnswers()
          const [result] = await Promise.all([
            readAll(api.url, seen.check),
            commitEverySecond(running, lab.upstream, body),
          ])
          return report(result, seen)
        } finally {
          await api.stop()
        }
      })
    } finally {
      await lab.close()
    }
  },
}

async function commitEverySecond(
  { refresh }: RunningInstallation,
  upstream: PayloadServer,
  body: string,
): Promise<void> {
  for (let round = 1; round <= commits; round++) {
    const next = sleep(1000)
    upstream.serve(withNamedModels(body, 'openai', `Round ${round}`))
    await refresh('applied')
    await next
  }
}

function readAll(url: string, check: (body: string) => void): Promise<Result> {
  return autocannon({
    url: url + path,
    connections,
    duration: commits,
    setupClient: (client: Client) => void client.on('body', (body) => check(String(body))),
  })
}

interface Seen {
  check: (body: string) => void
  versions: Map<number, string>
  readonly mixed: () => number
}

/** An answer is mixed when its models have different names, or its version had another one before. */
function watchAnswers(): Seen {
  const versions = new Map<number, string>()
  let mixed = 0
  return {
    versions,
    mixed: () => mixed,
    check(body) {
      const { version, models } = Answer.parse(JSON.parse(body))
      const names = new Set(models.map(({ name }) => name))
      const [name = ''] = names
      if (names.size !== 1 || (versions.get(version) ?? name) !== name) mixed += 1
      versions.set(version, name)
    },
  }
}

function report(result: Result, seen: Seen): Measurement[] {
  const failed = result.errors + result.timeouts + result.non2xx
  return [
    { case: 'answers', values: [result.requests.total], unit: '' },
    { case: 'versions that were seen', values: [seen.versions.size], unit: '' },
    { case: 'answers that mix versions', values: [seen.mixed()], unit: '', target: 1 },
    { case: 'errors', values: [failed], unit: '', target: 1 },
    { case: 'p97.5', values: [result.latency.p97_5], unit: 'ms' },
  ]
}
