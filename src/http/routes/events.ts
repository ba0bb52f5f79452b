/** The event stream: every version of the catalog as it is committed, and those that were missed. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { createOutageLog } from '../../events/outage-log.ts'
import { audienceOf } from '../caller.ts'
import type { HttpContext } from '../http-context.ts'
import { InvalidParameter } from '../invalid-request.ts'
import { problemResponses } from '../problem-schema.ts'
import { EventsQuery } from '../schemas/events.ts'
import { streamEvents } from '../streams/event-stream.ts'
import { retryText } from '../streams/event-text.ts'
import { createNoticeLog } from '../streams/notice-log.ts'
import { createOpenStreams, type OpenStream } from '../streams/open-streams.ts'
import { createStreamClient } from '../streams/stream-client.ts'
import { createVersionLog } from '../streams/version-log.ts'

/** A stream ends after an hour or so: its client comes back at once, to whatever process is there then. */
const oldestMs = 60 * 60_000
/** How often the key of a stream is looked at. */
const admittedEveryMs = 2000
/** A client that takes nothing for so long is gone, whatever its connection says. */
const drainWithinMs = 30_000

export function registerEvents(app: FastifyInstance, context: HttpContext): void {
  const { db, reads, watch, metrics, log: logger, config } = context
  const log = createVersionLog({ reads, watch })
  const notices = createNoticeLog(db, createOutageLog(logger, 'Reading notices for event streams'))
  const streams = createOpenStreams(config.apiMaxStreams, metrics)
  const outage = createOutageLog(logger, 'Reading versions for event streams')
  app.addHook('preClose', (done) => {
    streams.endAll()
    log.close()
    notices.close()
    done()
  })
  app.withTypeProvider<ZodTypeProvider>().get('/api/v1/events', {
    // The answer to HEAD would never end.
    exposeHeadRoute: false,
    config: { isStream: true },
    schema: {
      summary: 'Every version of the catalog, as it is committed',
      description:
        'Server-sent events: `id` is the version, `event` the type, `data` a CloudEvents 1.0 object. With `Last-Event-ID` or `since` what was missed comes first, without gaps; each version comes once and in order. Comments are heartbeats; one with an `id` says that everything up to that version was sent, and how many milliseconds ago that was certain. `plumbline.catalog.reset` says that what changed cannot be told: read the catalog anew. Notices of operations (`plumbline.hold.opened`, `plumbline.upstream.failing`, `plumbline.upstream.recovered`) come without an `id`, as they happen, and are not replayed; admins are told all of them, others which upstream it is.',
      tags: ['changes'],
      querystring: EventsQuery,
      response: {
        200: { description: 'A stream.', content: { 'text/event-stream': { schema: z.string() } } },
        ...problemResponses,
      },
    },
    handler: async (request, reply) => {
      const { since, provider, heartbeat } = request.query
      const options = {
        log,
        notices,
        provider,
        audience: audienceOf(request),
        since: readLastEventId(request) ?? since,
        heartbeatMs: heartbeat * 1000,
        onReadFailed: (error: unknown) => outage.failed(asError(error)),
      }
      const stream = streams.open()
      openResponse(request, reply, stream)
      const patience = { drainWithinMs, onSlow: () => stream.end('slow') }
      const client = createStreamClient(reply.raw, patience, stream.signal)
      const aged = setTimeout(() => stream.end('aged'), oldestMs * (0.9 + Math.random() / 5))
      const look = async () => {
        if (!(await app.isStillAdmitted(request))) stream.end('refused')
      }
      const looking = setInterval(() => void look(), admittedEveryMs)
      try {
        await streamEvents({ ...options, client, signal: stream.signal })
      } catch (error) {
        if (!stream.signal.aborted) throw error
      } finally {
        clearTimeout(aged)
        clearInterval(looking)
        stream.end('client')
        // What the client does not read would keep the connection, and a stop, waiting.
        if (reply.raw.writableNeedDrain) reply.raw.destroy()
        else reply.raw.end()
      }
    },
  })
}

/** From here on the answer is ours: the limits of ordinary requests would cut it. */
function openResponse(request: FastifyRequest, reply: FastifyReply, stream: OpenStream): void {
  reply.hijack()
  request.raw.socket.setTimeout(0)
  reply.raw.once('close', () => stream.end('client'))
  const headers = {
    ...reply.getHeaders(),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  }
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.raw.writeHead(200)
  // Not all at the same time, when this process goes away.
  reply.raw.write(retryText(1000 + Math.random() * 2000))
}

function readLastEventId({ headers }: FastifyRequest): number | undefined {
  const stated = headers['last-event-id']
  if (stated === undefined || stated === '') return undefined
  if (typeof stated === 'string' && /^\d{1,15}$/.test(stated)) return Number(stated)
  throw new InvalidParameter('Last-Event-ID', 'must be a version of the catalog', {
    nextStep: 'Send the `id` that was received last, or leave it out.',
  })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
