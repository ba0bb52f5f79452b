import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseUpstreams } from '../../src/refresh/choose-upstreams.ts'
import { openPipeline, type Pipeline } from '../support/refresh.ts'
import { simpleModels, simpleUpstream } from '../support/simple-upstream.ts'
import { startUpstream, type UpstreamServer } from '../support/upstream-server.ts'

let server: UpstreamServer
let pipeline: Pipeline

beforeEach(async () => {
  server = await startUpstream()
  server.answer('/alpha', { json: { models: simpleModels(3) } })
  pipeline = await openPipeline([
    { definition: simpleUpstream('alpha'), url: `${server.url}/alpha` },
    { definition: simpleUpstream('beta'), url: `${server.url}/beta` },
    { definition: simpleUpstream('acme-api', { provider: 'acme' }), url: `${server.url}/acme` },
  ])
  await pipeline.refresh('alpha')
})

afterEach(async () => {
  await pipeline.close()
  await server.close()
})

function choose(named: string[], provider?: string): Promise<string[]> {
  return chooseUpstreams(pipeline.context, { upstreams: named, provider })
}

describe('a refresh that names no upstream', () => {
  it('means all that are enabled', async () => {
    await pipeline.db.upstream.update({ where: { id: 'beta' }, data: { enabled: false } })
    expect(await choose([])).toEqual(['acme-api', 'alpha'])
  })

  it('of a provider means its own API and those that have listed it', async () => {
    expect(await choose([], 'acme')).toEqual(['acme-api', 'alpha'])
  })

  it('of a provider that nobody has listed means every aggregator', async () => {
    expect(await choose([], 'newcomer')).toEqual(['alpha', 'beta'])
  })

  it('is refused when nothing is enabled', async () => {
    await pipeline.db.upstream.updateMany({ data: { enabled: false } })
    await expect(choose([])).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('goes by the configuration on a database that no worker has seen', async () => {
    await pipeline.db.upstream.deleteMany()
    expect(await choose([])).toEqual(['acme-api', 'alpha', 'beta'])
  })
})

describe('a refresh that names upstreams', () => {
  it('takes them once each, disabled ones too', async () => {
    await pipeline.db.upstream.update({ where: { id: 'beta' }, data: { enabled: false } })
    expect(await choose(['beta', 'alpha', 'beta'])).toEqual(['alpha', 'beta'])
  })

  it('refuses names that no upstream has, all at once', async () => {
    await expect(choose(['alpha', 'nope', 'nada'])).rejects.toMatchObject({
      code: 'invalid_argument',
      message: 'There is no upstream nope, nada.',
    })
  })
})
