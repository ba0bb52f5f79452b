/** The queues as producers see them. */
import { FlowProducer, Queue } from 'bullmq'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { producerConnection } from './connection.ts'
import { queueNames, type QueueName } from './jobs.ts'

export interface Queues {
  prefix: string
  queue: (name: QueueName) => Queue
  flows: FlowProducer
  close: () => Promise<void>
}

export interface QueuesOptions {
  redisUrl: string
  prefix: string
  log: Logger
  metrics: Metrics
}

// The event streams are nobody's history: a short tail is enough, and long ones cost memory.
const streams = { events: { maxLen: 200 } }

export function openQueues({ redisUrl, prefix, log, metrics }: QueuesOptions): Queues {
  const connection = producerConnection(redisUrl)
  const byName = new Map(
    queueNames.map((name) => [name, new Queue(name, { connection, prefix, streams })]),
  )
  const flows = new FlowProducer({ connection, prefix })
  const onError = (error: Error) => {
    metrics.redisErrors.inc({ connection: 'queue' })
    log.debug({ err: error }, 'queue connection')
  }
  for (const queue of byName.values()) queue.on('error', onError)
  flows.on('error', onError)
  const opened = [...byName.values(), flows]
  return {
    prefix,
    flows,
    queue: (name) => byName.get(name) ?? new Queue(name, { connection, prefix }),
    close: async () => void (await Promise.allSettled(opened.map((one) => one.close()))),
  }
}
