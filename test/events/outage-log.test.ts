import { describe, expect, it } from 'vitest'
import { createOutageLog } from '../../src/events/outage-log.ts'

function recorded() {
  const lines: [string, string, object][] = []
  let now = 0
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push([level, message, fields])
  const log = { info: write('info'), warn: write('warn'), error: write('error') }
  const outage = createOutageLog(log, 'Announcing', { everyMs: 1000, now: () => now })
  return { lines, outage, wait: (ms: number) => void (now += ms) }
}

describe('createOutageLog', () => {
  it('logs the first failure, then one a period with the number left out, then the end', () => {
    const { lines, outage, wait } = recorded()
    const err = new Error('gone')
    outage.failed(err)
    for (let count = 0; count < 5; count++) outage.failed(err)
    wait(1000)
    outage.failed(err, { code: 'redis_unavailable' })
    outage.recovered({ announced: 3 })
    expect(lines).toEqual([
      ['warn', 'Announcing fails', { err, leftOut: 0, failingForMs: 0 }],
      [
        'warn',
        'Announcing fails',
        { err, code: 'redis_unavailable', leftOut: 5, failingForMs: 1000 },
      ],
      ['info', 'Announcing works again', { announced: 3, failedForMs: 1000 }],
    ])
  })

  it('says nothing of a recovery where nothing had failed', () => {
    const { lines, outage } = recorded()
    outage.recovered()
    expect(lines).toEqual([])
  })

  it('logs the next outage at once', () => {
    const { lines, outage } = recorded()
    outage.failed(new Error('one'))
    outage.recovered()
    outage.failed(new Error('two'))
    expect(lines.map(([level]) => level)).toEqual(['warn', 'info', 'warn'])
  })
})
