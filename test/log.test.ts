import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { PlumblineError } from '../src/errors.ts'
import { createLogger, createSampler, redactor, type LogOptions } from '../src/log.ts'

function capture(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => lines.push(line) }
  const log = createLogger({ level: 'info', destination, ...options })
  const records = () => lines.map((line): Record<string, unknown> => JSON.parse(line))
  return { log, lines, records }
}

test('a line is one JSON object with time, level, message and fields', () => {
  const { log, lines, records } = capture({ bindings: { process: 'worker' } })
  log.info({ upstream: 'openai' }, 'refresh applied')
  log.debug('not shown')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/\n$/)
  expect(records()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      process: 'worker',
      upstream: 'openai',
      msg: 'refresh applied',
    },
  ])
})

test('all lines are out before process.exit', () => {
  const program = `
    import { createLogger } from './src/log.ts'
    const log = createLogger({ level: 'info' })
    for (let line = 0; line < 1000; line++) log.info({ line }, 'counted')
    process.exit(0)`
  const args = ['--input-type=module-typescript', '--eval', program]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stdout.trim().split('\n')).toHaveLength(1000)
})

describe('an error', () => {
  test('has its code, its advice and its causes', () => {
    const { log, records } = capture()
    const cause = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
    log.warn(
      { err: new PlumblineError('fetch_refused', 'no answer', { retryable: true, cause }) },
      'retried',
    )
    expect(records()[0]).toMatchObject({
      err: {
        type: 'PlumblineError',
        code: 'fetch_refused',
        retryable: true,
        message: 'no answer',
        stack: expect.stringContaining('log.test.ts'),
        cause: { type: 'Error', code: 'ECONNREFUSED', message: 'connect failed' },
      },
    })
  })

  test('that is its own cause, or many in one, ends', () => {
    const { log, records } = capture()
    const circular = new Error('round')
    circular.cause = circular
    log.error(circular)
    log.error({ error: new AggregateError([new Error('a'), new Error('b')], 'both') }, 'failed')
    expect(records()[0]).toMatchObject({ err: { cause: { cause: { message: 'round' } } } })
    expect(records()[1]).toMatchObject({
      error: { errors: [{ message: 'a' }, { message: 'b' }] },
    })
  })

  test('shows no fields that a library attached', () => {
    const { log, lines } = capture()
    log.error(Object.assign(new Error('x'), { config: { headers: { authorization: 'Bearer y' } } }))
    expect(lines[0]).not.toContain('Bearer')
  })
})

describe('a secret', () => {
  const secret = 'sk-"quoted\\/0123+456789'

  test('is replaced wherever it stands', () => {
    const { log, lines } = capture({ secretValues: [secret] })
    const cause = new Error(`cause ${secret}`)
    log.info({ [secret]: 1, deep: [{ url: `https://x.test/?key=${secret}` }] }, `message ${secret}`)
    log.error({ err: new Error(`message ${secret}`, { cause }) }, 'failed')
    log.child({ bound: secret }).info(encodeURIComponent(secret))
    const text = lines.join('')
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
      expect(text).not.toContain(form)
    expect(text.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(8)
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  })

  test('that is part of a longer one does not leave the rest of it', () => {
    expect(redactor(['abcdefgh', 'abcdefgh-ijkl'])('x abcdefgh-ijkl y')).toBe('x [redacted] y')
  })

  test('of less than eight characters is a word and stays', () => {
    expect(redactor(['redis'])('redis is down')).toBe('redis is down')
  })
})

describe('for a terminal', () => {
  test('a line is short and carries code, message and advice of an error', () => {
    const { log, lines } = capture({ format: 'pretty' })
    const err = new PlumblineError('fetch_refused', 'openai gave no answer.', {
      nextStep: 'Check the network.',
    })
    log.warn({ upstream: 'openai', err, note: 'two words' }, 'retried')
    expect(lines[0]).toContain('retried')
    expect(lines[0]).toContain(
      'upstream=openai note="two words" fetch_refused: openai gave no answer. Check the network.',
    )
  })

  test('no text of an upstream steers the terminal', () => {
    const { log, lines } = capture({ format: 'pretty' })
    const title = '\u001b[2J\u202eevil'
    log.warn(
      { title, err: new PlumblineError('payload_not_json', `page ${title}`) },
      `message ${title}`,
    )
    expect(lines[0]).not.toContain('\u001b[2J')
    expect(lines[0]).not.toContain('\u202e')
  })
})

test('of equal lines the first goes through, then one per interval with the number left out', () => {
  let now = 0
  const written: string[] = []
  const sampled = createSampler(1000, () => now)
  for (; now < 2500; now += 10) sampled('redis', (left) => written.push(`redis ${left}`))
  sampled('database', (left) => written.push(`database ${left}`))
  expect(written).toEqual(['redis 0', 'redis 99', 'redis 99', 'database 0'])
})
