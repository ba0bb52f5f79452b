/** The API on a catalog that one upstream (`lab`) fills: what it lists is refreshed on command. */
import { createOutboxRelay } from '../../src/events/outbox.ts'
import { openEventsRedis } from '../../src/events/redis.ts'
import type { ModelFields } from '../../src/catalog/fields.ts'
import { sortComponents, type PriceComponent } from '../../src/catalog/price.ts'
import { announceNextIn } from '../../src/history/outbox-rows.ts'
import { createLogger } from '../../src/log.ts'
import type { ListingDraft } from '../../src/upstreams/upstream.ts'
import { openPipeline, type Pipeline, type PipelineUpstream } from '../support/refresh.ts'
import { redisUrl } from '../support/redis.ts'
import { simpleUpstream } from '../support/simple-upstream.ts'
import { startUpstream } from '../support/upstream-server.ts'
import { openHttp, type TestHttp, type TestHttpOptions } from './http-fixture.ts'

/** A model as the lab states it. */
export interface LabModel extends ModelFields {
  provider: string
  id: string
  /** Flat prices, decimal text, USD per million tokens. */
  input?: string
  output?: string
  /** Prices with circumstances, beside the flat ones. */
  components?: PriceComponent[]
}

export interface TestApi extends TestHttp {
  pipeline: Pipeline
  /** Resolves when what the lab lists now is committed and this process knows of it. */
  readonly list: (models: readonly LabModel[], options?: { force?: boolean }) => Promise<void>
  /** Resolves when all that is committed was announced and this process knows of it. */
  readonly settle: () => Promise<void>
}

export async function openApi(
  models: readonly LabModel[],
  options: TestHttpOptions & { upstreams?: readonly PipelineUpstream[] } = {},
): Promise<TestApi> {
  const { upstreams = [], ...httpOptions } = options
  const http = await openHttp(httpOptions)
  const lab = await startUpstream()
  const log = createLogger({ level: 'silent' })
  const eventsRedis = openEventsRedis(redisUrl(), log)
  const relay = createOutboxRelay({
    announceNext: announceNextIn(http.db),
    redis: eventsRedis,
    log,
    prefix: http.prefix,
  })
  const pipeline = await openPipeline([labUpstream(lab.url), ...upstreams], {
    databaseUrl: http.databaseUrl,
    announce: () => void relay.drain(),
  })
  const settle = async () => {
    await relay.drain()
    await knows(http, pipeline)
  }
  const list: TestApi['list'] = async (listed, { force = true } = {}) => {
    lab.answer('/models', { json: { models: listed } })
    const { status } = await pipeline.refresh('lab', { force })
    if (status !== 'applied' && status !== 'unchanged') throw new Error(`the run is ${status}`)
    await settle()
  }
  if (models.length > 0) await list(models)
  return {
    ...http,
    pipeline,
    list,
    settle,
    async close() {
      await relay.close()
      eventsRedis.disconnect()
      await pipeline.close()
      await lab.close()
      await http.close()
    },
  }
}

async function knows({ context }: TestHttp, { db }: Pipeline): Promise<void> {
  const head = await db.catalogHead.findFirstOrThrow()
  while ((context.watch.version ?? -1) < Number(head.version))
    await new Promise((resolve) => setTimeout(resolve, 5))
}

function labUpstream(url: string): PipelineUpstream {
  const definition = simpleUpstream('lab', { listing: ({ raw }) => readLab(raw) })
  return { definition, url: `${url}/models` }
}

function readLab(raw: unknown): ListingDraft {
  // The test wrote it as such a model, and JSON gives it back.
  const {
    provider: _provider,
    id: _id,
    input,
    output,
    components = [],
    ...fields
  } = raw as LabModel
  const flat = (meter: 'input' | 'output', amount: string | undefined): PriceComponent[] =>
    amount === undefined ? [] : [{ meter, amount }]
  return {
    fields,
    prices: {
      components: sortComponents([
        ...flat('input', input),
        ...flat('output', output),
        ...components,
      ]),
    },
    extra: {},
  }
}
