import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  describeConfig,
  effectiveConfig,
  renderConfigTable,
  renderEnvExample,
} from '../src/config-docs.ts'
import { loadConfig, settings, unknownUpstreams, type Environment } from '../src/config.ts'
import { PlumblineError } from '../src/errors.ts'

/** The problems that the configuration has, one a line. */
function problemsOf(env: Environment): string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof PlumblineError) || error.code !== 'config_invalid') throw error
    return error.message.split('\n').slice(1)
  }
}

describe('loadConfig', () => {
  test('has a value or nothing for every setting of an empty environment', () => {
    const config = loadConfig({})
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      metricsPort: 9464,
      logLevel: 'info',
      dataDir: '.plumbline',
      refreshConcurrency: 4,
      collectConcurrency: 8,
      refreshAttempts: 4,
      refreshCooldownMs: 300_000,
      fetchTimeoutMs: 30_000,
      fetchMaxBytes: 64 * 1024 * 1024,
      catalogAutoActivate: true,
      retentionDays: 90,
      openaiCompatible: [],
      warnings: [],
    })
    expect([config.databaseUrl, config.redisUrl, config.upstreams]).toEqual(
      Array.from({ length: 3 }),
    )
  })

  test('counts an empty value as not set', () => {
    expect(loadConfig({ DATABASE_URL: '', PORT: ' ' })).toMatchObject({
      databaseUrl: undefined,
      port: 8080,
    })
  })

  test('reports every problem at once', () => {
    const problems = problemsOf({
      PORT: 'abc',
      REDIS_URL: 'http://redis',
      FETCH_TIMEOUT: '30',
      FETCH_MAX_BYTES: '64 apples',
      LOG_LEVEL: 'loud',
      CATALOG_AUTO_ACTIVATE: 'maybe',
      PLUMBLINE_UPSTREAMS: 'openai,Open Router',
      PLUMBLINE_OPENAI_COMPATIBLE: 'lab=ftp://gpu',
      PLUMBLINE_UPSTREAM_OPENAI_URL: 'https://user:pass@openai.test',
      PLUMBLINE_UPSTREAM_OPENAI_ENABLED: 'perhaps',
      PLUMBLINE_UPSTREAM_OPENAI_SCHEDULE: 'hourly',
      JOB_STALLED_INTERVAL: '2m',
    })
    expect(problems.map((line) => line.replace(/^ {2}- ([A-Z_]+).*$/, '$1'))).toEqual([
      'REDIS_URL',
      'PORT',
      'LOG_LEVEL',
      'PLUMBLINE_UPSTREAMS',
      'PLUMBLINE_OPENAI_COMPATIBLE',
      'FETCH_TIMEOUT',
      'FETCH_MAX_BYTES',
      'CATALOG_AUTO_ACTIVATE',
      'PLUMBLINE_UPSTREAM_OPENAI_URL',
      'PLUMBLINE_UPSTREAM_OPENAI_SCHEDULE',
      'PLUMBLINE_UPSTREAM_OPENAI_ENABLED',
      'JOB_STALLED_INTERVAL',
    ])
    expect(problems[1]).toBe('  - PORT must be a whole number from 0 to 65535, not "abc"')
  })

  test('does not show a wrong secret, nor the password in a wrong URL', () => {
    const problems = problemsOf({
      ADMIN_API_KEY: 'hunter 2',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      REDIS_URL: 'default:hunter2@cache',
    }).join('\n')
    expect(problems).toContain('ADMIN_API_KEY must be at least 8 characters without spaces')
    expect(problems).toContain('not "mysql://root:[redacted]@db/x"')
    expect(problems).not.toMatch(/hunter ?2/)
  })

  test.each([
    ['1', 1],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['2001:db8::/32', ['2001:db8::/32']],
  ])('takes %s as the proxies that are trusted', (stated, expected) => {
    expect(loadConfig({ TRUST_PROXY: stated }).trustProxy).toEqual(expected)
  })

  test.each(['true', '0', '33', '10.0.0.0/33', '10.0.0/8', '0.0.0.0/0', '10.0.0.1,', 'proxy'])(
    'trusts no proxy that is %s',
    (stated) => {
      expect(problemsOf({ TRUST_PROXY: stated })).toEqual([
        expect.stringContaining('TRUST_PROXY must be a number of proxies'),
      ])
    },
  )

  const jwt = { JWT_ISSUER: 'https://id.test/', JWT_AUDIENCE: 'plumbline' }

  test('takes the settings of tokens all together or not at all', () => {
    expect(problemsOf(jwt)).toEqual([expect.stringContaining('JWT_JWKS_URL')])
    expect(problemsOf({ ...jwt, JWT_JWKS_URL: 'https://id.test/keys' })).toEqual([])
    expect(problemsOf({ ...jwt, JWT_JWKS_URL: 'https://me:secret@id.test/keys' })).toHaveLength(2)
  })

  test('warns of public keys that anybody on the way can replace', () => {
    const warningsOf = (url: string) => loadConfig({ ...jwt, JWT_JWKS_URL: url }).warnings
    expect(warningsOf('http://id.test/keys')).toEqual([expect.stringContaining('not https')])
    expect(warningsOf('http://127.0.0.1:9/keys')).toEqual([])
  })

  test('is frozen to its depth', () => {
    const config = loadConfig({ PLUMBLINE_OPENAI_COMPATIBLE: 'lab=http://gpu1:8000/v1' })
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.openaiCompatible[0])).toBe(true)
  })

  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('reads the duration %s', (text, ms) => {
    expect(loadConfig({ FETCH_TIMEOUT: text }).fetchTimeoutMs).toBe(ms)
  })

  test.each(['30', '-5s', '1.5h', '30 s', '99d', '0', ''.padEnd(30, '9')])(
    'refuses the duration "%s"',
    (text) => {
      expect(problemsOf({ FETCH_TIMEOUT: text })).toHaveLength(1)
    },
  )

  test.each([
    ['67108864', 67_108_864],
    ['64MB', 67_108_864],
    ['512kb', 524_288],
    ['1 GB', 1_073_741_824],
  ])('reads the size %s', (text, size) => {
    expect(loadConfig({ FETCH_MAX_BYTES: text }).fetchMaxBytes).toBe(size)
  })

  test('adds the number of the process to the port of its metrics', () => {
    expect(loadConfig({ NODE_APP_INSTANCE: '3' }).metricsPort).toBe(9467)
    expect(loadConfig({ NODE_APP_INSTANCE: '3', METRICS_PORT: '0' }).metricsPort).toBe(0)
  })

  test('refuses one port for two purposes', () => {
    expect(problemsOf({ PORT: '9464' })).toEqual([
      '  - PORT and METRICS_PORT must differ, both are 9464',
    ])
  })
})

describe('upstreams', () => {
  test('are set by their id in capitals', () => {
    const config = loadConfig({
      PLUMBLINE_UPSTREAMS: 'models-dev, openai,openai',
      PLUMBLINE_UPSTREAM_MODELS_DEV_URL: 'http://localhost:9000/api.json',
      PLUMBLINE_UPSTREAM_MODELS_DEV_SCHEDULE: '500ms',
      PLUMBLINE_UPSTREAM_OPENAI_ENABLED: 'off',
      PLUMBLINE_UPSTREAM_OPENAI_KEY: 'sk-0123456789',
    })
    expect(config.upstreams).toEqual(['models-dev', 'openai'])
    expect(config.upstreamSettings('models-dev')).toEqual({
      url: 'http://localhost:9000/api.json',
      schedule: '500ms',
    })
    expect(config.upstreamSettings('openai')).toEqual({ enabled: false, key: 'sk-0123456789' })
    expect(config.upstreamSettings('litellm')).toEqual({})
  })

  test.each(['9s', '0', '*/5 * * * * *', '* * * * * *', '60 * * * *', '5', '24', '@hourly', 'x'])(
    'may not be polled by "%s"',
    (schedule) => {
      expect(problemsOf({ PLUMBLINE_UPSTREAM_OPENAI_SCHEDULE: schedule })).toHaveLength(1)
    },
  )

  test.each(['10s', '15m', '24h', '0 * * * *', '17 */6 * * MON-FRI', '*/30 * * * * *'])(
    'may be polled by "%s"',
    (schedule) => {
      expect(problemsOf({ PLUMBLINE_UPSTREAM_OPENAI_SCHEDULE: schedule })).toEqual([])
    },
  )

  test('that are OpenAI-compatible servers are declared by id and base URL', () => {
    const config = loadConfig({
      PLUMBLINE_OPENAI_COMPATIBLE: 'lab=http://gpu1:8000/v1/, edge=https://edge.test/v1?a=1,2',
    })
    expect(config.openaiCompatible).toEqual([
      { id: 'lab', url: 'http://gpu1:8000/v1' },
      { id: 'edge', url: 'https://edge.test/v1?a=1,2' },
    ])
    expect(problemsOf({ PLUMBLINE_OPENAI_COMPATIBLE: 'lab=http://a,lab=http://b' })).toHaveLength(1)
  })

  test('that do not exist are told apart, with what was probably meant', () => {
    const config = loadConfig({
      PLUMBLINE_UPSTREAMS: 'openai,opnrouter,lab',
      PLUMBLINE_OPENAI_COMPATIBLE: 'lab=http://gpu1:8000/v1',
      PLUMBLINE_UPSTREAM_LAB_KEY: 'sk-0123456789',
      PLUMBLINE_UPSTREAM_MODELDEV_URL: 'https://models.dev/api.json',
    })
    expect(unknownUpstreams(config, ['openai', 'openrouter', 'models-dev'])).toEqual([
      'PLUMBLINE_UPSTREAMS names "opnrouter", which no upstream has; did you mean openrouter?',
      'PLUMBLINE_UPSTREAM_MODELDEV_… belongs to no upstream; did you mean PLUMBLINE_UPSTREAM_MODELS_DEV_…?',
    ])
  })
})

describe('a name that is not a setting', () => {
  test.each([
    ['FETCH_TIMOUT', 'FETCH_TIMEOUT'],
    ['REDIS_URI', 'REDIS_URL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['FETCH_TIMEOUT_MS', 'FETCH_TIMEOUT'],
    ['PLUMBLINE_REDIS_URL', 'REDIS_URL'],
    ['PLUMBLINE_UPSTREAM', 'PLUMBLINE_UPSTREAMS'],
  ])('%s is warned about, with %s as what was meant', (name, meant) => {
    expect(loadConfig({ [name]: 'x' }).warnings).toEqual([
      `${name} is not a setting and is ignored; did you mean ${meant}?`,
    ])
  })

  test('with our prefix is warned about even when it resembles nothing', () => {
    expect(loadConfig({ PLUMBLINE_COLOUR: 'red' }).warnings).toEqual([
      'PLUMBLINE_COLOUR is not a setting and is ignored',
    ])
  })

  test.each(['HOME', 'HOSTNAME', 'PATH', 'REPORT', 'OPENAI_API_KEY', 'TERM', 'PWD'])(
    '%s is left alone',
    (name) => {
      expect(loadConfig({ [name]: 'value' }).warnings).toEqual([])
    },
  )
})

describe('secrets', () => {
  const env = {
    DATABASE_URL: 'postgres://plumbline:pa%2Fss-word@db/plumbline?sslpassword=certificate',
    ADMIN_API_KEY: 'admin-0123456789',
    SLACK_WEBHOOK_URL: 'https://hooks.slack.test/services/T0/B0/xyz',
    OPENAI_API_KEY: ' sk-openai-0123456789\n',
    HF_TOKEN: 'hf-0123456789',
    PLUMBLINE_UPSTREAM_OPENROUTER_KEY: 'sk-or-0123456789',
  }

  test('are found under their usual names, without the line break of a pasted key', () => {
    const config = loadConfig(env)
    expect(config.keyFor('OPENAI_API_KEY')).toBe('sk-openai-0123456789')
    expect(config.keyFor('HF_TOKEN')).toBe('hf-0123456789')
    expect(config.keyFor('MISTRAL_API_KEY')).toBeUndefined()
    expect(config.keyFor('DATABASE_URL')).toBeUndefined()
  })

  test('that no header can carry are ignored with a warning that does not show them', () => {
    const config = loadConfig({ OPENAI_API_KEY: 'sk-two words' })
    expect(config.keyFor('OPENAI_API_KEY')).toBeUndefined()
    expect(config.warnings).toEqual([
      'OPENAI_API_KEY is ignored: it has a space or a control character',
    ])
  })

  test('are all known to the log', () => {
    expect([...loadConfig(env).secretValues].sort()).toEqual(
      [
        'pa%2Fss-word',
        'pa/ss-word',
        'certificate',
        'admin-0123456789',
        'https://hooks.slack.test/services/T0/B0/xyz',
        'sk-openai-0123456789',
        'hf-0123456789',
        'sk-or-0123456789',
      ].sort(),
    )
  })

  test('are redacted in what is in force', () => {
    const effective = effectiveConfig(loadConfig(env))
    expect(effective).toMatchObject({
      DATABASE_URL: 'postgres://plumbline:[redacted]@db/plumbline?sslpassword=[redacted]',
      ADMIN_API_KEY: '[redacted]',
      SLACK_WEBHOOK_URL: '[redacted]',
      PLUMBLINE_UPSTREAM_OPENROUTER_KEY: '[redacted]',
      FETCH_TIMEOUT: '30s',
      FETCH_MAX_BYTES: '64MB',
      REDIS_URL: undefined,
    })
    const text = JSON.stringify(effective)
    for (const secret of loadConfig(env).secretValues) expect(text).not.toContain(secret)
  })
})

describe('the documentation of the settings', () => {
  test('covers every setting once', () => {
    const names = describeConfig().map((row) => row.name)
    expect(new Set(names).size).toBe(names.length)
    for (const setting of Object.values(settings)) expect(names).toContain(setting.env)
    expect(renderConfigTable().split('\n')).toHaveLength(names.length + 3)
  })

  test('.env.example is what the table renders', () => {
    const file = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
    expect(file, 'Write what renderEnvExample() returns to .env.example.').toBe(renderEnvExample())
  })

  const defaults = describeConfig().flatMap((row): [string, string][] =>
    row.default === undefined ? [] : [[row.name, row.default]],
  )

  test.each(defaults)('%s accepts its default and shows it as it is written', (name, text) => {
    expect(effectiveConfig(loadConfig({ [name]: text }))[name]).toBe(text)
    expect(effectiveConfig(loadConfig({}))[name]).toBe(text)
  })
})
