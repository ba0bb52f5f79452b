import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig, type Environment } from '../../src/config.ts'
import { PlumblineError } from '../../src/errors.ts'
import { configureUpstreams } from '../../src/upstreams/configure.ts'
import type { ConfiguredUpstream } from '../../src/upstreams/configured-upstream.ts'
import { createFetcher } from '../../src/upstreams/fetch.ts'
import { readPayload } from '../support/catalog-of.ts'
import { readProjectFile } from '../support/project.ts'
import { startUpstream } from '../support/upstream-server.ts'

/** The upstreams of an installation whose plumbline.yaml says this. */
function configured(yaml: string, env: Environment = {}): Map<string, ConfiguredUpstream> {
  return configureUpstreams(loadConfig(env, {}, () => yaml))
}

function only(fields: string): ConfiguredUpstream | undefined {
  return configured(`upstreams:\n  - {id: lab, ${fields}}\n`).get('lab')
}

/** What the start is stopped with, one problem a line. */
function problemsOf(yaml: string, env: Environment = {}): string[] {
  try {
    configured(yaml, env)
    return []
  } catch (error) {
    if (!(error instanceof PlumblineError) || error.code !== 'config_invalid') throw error
    return error.message.split('\n').slice(1)
  }
}

describe('a declared upstream', () => {
  it('is asked as it says', () => {
    const yaml = `
upstreams:
  - id: lab
    url: http://10.0.0.7:8000/v1
    key: LAB_API_KEY
    unit: usdPerMillionTokens
    provider: acme
    complete: false
    allow_private: true
    schedule: 15m
    format: openai
`
    expect(configured(yaml, { LAB_API_KEY: 'secret-key' }).get('lab')).toMatchObject({
      url: 'http://10.0.0.7:8000/v1/models',
      enabled: true,
      schedule: '15m',
      key: 'secret-key',
      allowPrivate: true,
      definition: { provider: 'acme', complete: false, key: { env: 'LAB_API_KEY' } },
    })
  })

  it('needs no more than an id and a URL', () => {
    expect(only('url: "https://gate.example/v1/"')).toMatchObject({
      url: 'https://gate.example/v1/models',
      enabled: true,
      schedule: '1h',
      allowPrivate: false,
      definition: { provider: 'lab', complete: true, key: { env: 'LAB_API_KEY', required: false } },
    })
  })

  it('waits for the key that it names', () => {
    const yaml = 'upstreams: [{id: lab, url: "https://gate.example/v1", key: GATE_TOKEN}]'
    expect(configured(yaml).get('lab')?.enabled).toBe(false)
    expect(configured(yaml, { GATE_TOKEN: 'secret-key' }).get('lab')?.enabled).toBe(true)
  })

  it('obeys the environment like any other', () => {
    const yaml = 'upstreams: [{id: lab, url: "https://gate.example/v1"}]'
    const env = {
      PLUMBLINE_UPSTREAM_LAB_SCHEDULE: '24h',
      PLUMBLINE_UPSTREAM_LAB_URL: 'http://localhost:1234/models',
    }
    expect(configured(yaml, env).get('lab')).toMatchObject({
      url: 'http://localhost:1234/models',
      schedule: '24h',
      allowPrivate: true,
    })
  })

  const priced = JSON.stringify({
    data: [
      { id: 'm', context_length: 8192, pricing: { prompt: '0.0000025', completion: '0.00001' } },
    ],
  })

  it('has its prices in the unit that it names, and none without', () => {
    const read = (fields: string) => {
      const definition = only(`url: "https://gate.example/v1", ${fields}`)?.definition
      return definition && readPayload(definition, priced).slices.get('lab')?.listings[0]
    }
    expect(read('unit: usdPerToken')?.prices.components).toEqual([
      { meter: 'input', amount: '2.5' },
      { meter: 'output', amount: '10' },
    ])
    expect(read('complete: true')).toMatchObject({
      fields: { contextWindow: 8192 },
      prices: { components: [] },
      extra: { pricing: { prompt: '0.0000025' } },
    })
    expect(read('format: openrouter')?.prices.components).toEqual([
      { meter: 'input', amount: '2.5' },
      { meter: 'output', amount: '10' },
    ])
  })

  it('may name the units that the README lists', () => {
    const [problem = ''] = problemsOf(
      'upstreams: [{id: lab, url: "https://x.example", unit: each}]',
    )
    const [, listed = ''] = /must be one of (.+)/.exec(problem) ?? []
    const units = listed.split(', ')
    expect(units).toContain('usdPerToken')
    expect(units.filter((unit) => !readProjectFile('README.md').includes(`\`${unit}\``))).toEqual(
      [],
    )
  })

  it('is read again when what its numbers mean is corrected', () => {
    const version = (fields: string) =>
      only(`url: "https://gate.example/v1", ${fields}`)?.definition.adapterVersion
    const versions = [
      'unit: usdPerToken',
      'unit: centsPerToken',
      'provider: acme',
      'format: openrouter',
    ]
    expect(new Set(versions.map(version)).size).toBe(4)
    expect(version('unit: usdPerToken, schedule: 2h')).toBe(version('unit: usdPerToken'))
    expect(version('unit: usdPerToken')).toBeLessThan(2 ** 31)
  })

  it('follows the links of a list that is OpenRouter’s', async () => {
    const { definition } = only('url: "https://gate.example/v1", format: openrouter') ?? {}
    const asked: string[] = []
    const pages = definition?.pages?.(definition.url, async (url) => {
      asked.push(url)
      const next = asked.length === 1 ? '/v1/models?page=2' : null
      return { url, body: JSON.stringify({ data: [], links: { next } }) }
    })
    for await (const page of pages ?? []) expect(page.body).toContain('data')
    expect(asked).toEqual([
      'https://gate.example/v1/models',
      'https://gate.example/v1/models?page=2',
    ])
  })
})

describe('a file with mistakes stops the start', () => {
  it('with every problem at its line', () => {
    const yaml = `upstreams:
  - id: Lab One
    url: ftp://gate.example
    key: lowercase
    unit: dollars
    complete: yes
  - id: local
    url: http://192.168.1.2/v1
    schedule: 1s
    shedule: 1h
  - id: openrouter
    url: http://169.254.169.254/latest
    allow_private: true
  - id: local
    format: openrouter
    url: https://gate.example/v1
    unit: usdPerToken
  - url: https://gate.example/v1
`
    expect(problemsOf(yaml).map((line) => line.replace(/^ {2}- plumbline\.yaml:/, ''))).toEqual([
      '2 upstreams[0].id must be letters a to z, digits and -',
      '3 upstreams[0].url must be an http(s) URL without user, password and fragment',
      '4 upstreams[0].key must be the name of a variable such as LAB_API_KEY',
      expect.stringMatching(/^5 upstreams\[0\]\.unit must be one of usdPerToken, usdPer/),
      '6 upstreams[0].complete must be true or false',
      '8 upstreams[1].url is at a private address, which needs `allow_private: true`',
      expect.stringContaining('9 upstreams[1].schedule must be a schedule: "1s" is more often'),
      '10 upstreams[1].shedule is not known; did you mean schedule?',
      '11 upstreams[2].id is that of another upstream',
      '12 upstreams[2].url is at an address that is never asked',
      '14 upstreams[3].id is that of another upstream',
      expect.stringContaining('17 upstreams[3].unit goes with `format: openai`'),
      '18 upstreams[4].id must be letters a to z, digits and -',
    ])
  })

  it.each([
    ['upstreams: [', /^ {2}- plumbline\.yaml:\d+ /],
    ['upstreams: {}', /plumbline\.yaml:1 upstreams must be a list/],
    ['upstreams: [3]', /plumbline\.yaml:1 upstreams\[0\] must be an upstream/],
    ['- id: lab', /plumbline\.yaml:1 must have `upstreams:`/],
    ['servers: []', /plumbline\.yaml:1 servers is not known; there are upstreams/],
  ])('such as %s', (yaml, expected) => {
    expect(problemsOf(yaml)).toEqual([expect.stringMatching(expected)])
  })

  it('that have the id of a server in the environment', () => {
    const yaml = 'upstreams: [{id: lab, url: "https://gate.example/v1"}]'
    const env = { PLUMBLINE_OPENAI_COMPATIBLE: 'lab=http://gpu1:8000/v1' }
    expect(problemsOf(yaml, env)).toHaveLength(1)
  })

  it('and so does a file that is named and not there', () => {
    const load = () => loadConfig({ PLUMBLINE_CONFIG: 'elsewhere.yaml' }, {}, () => undefined)
    expect(load).toThrow(expect.objectContaining({ code: 'config_invalid' }))
    expect(load).toThrow(/PLUMBLINE_CONFIG names elsewhere\.yaml, which is not there/)
  })

  it.each(['', '# nothing yet\n', 'upstreams:\n'])('but not an empty one', (yaml) => {
    expect(problemsOf(yaml)).toEqual([])
  })
})

describe('a name that leads inside the network', () => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  it('is followed only where the file allows it', async () => {
    const server = await startUpstream()
    server.answer('/v1/models', { json: { data: [{ id: 'm' }] } })
    const fetcher = createFetcher({
      timeoutMs: 5000,
      maxBytes: 1_000_000,
      userAgent: 'test',
      resolve: (_name, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    })
    closing.push(server.close, fetcher.close)
    const base = `http://gate.example:${new URL(server.url).port}/v1`
    const ask = (fields: string) => {
      const { url = '', allowPrivate } = only(`url: "${base}", ${fields}`) ?? {}
      return fetcher.fetch({ upstream: 'lab', url, allowPrivate })
    }
    await expect(ask('allow_private: false')).rejects.toMatchObject({ code: 'fetch_blocked' })
    await expect(ask('allow_private: true')).resolves.toMatchObject({ status: 200 })
  })
})
