import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { acceptIf, type Format } from '../../src/http/formats/format.ts'
import { judgeRendering, tellHeld, type Edition } from '../../src/http/publishing/edition.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createLogger } from '../../src/log.ts'
import { sourceWith } from '../support/format-source.ts'

const hour = 60 * 60_000

/** A format whose document has as many entries as the version says. */
const numbers: Format = {
  name: 'numbers',
  path: '/numbers',
  summary: 'Numbers',
  sections: [
    {
      open: '[',
      close: ']',
      schema: z.number().max(99, 'is too much'),
      *entries({ version }) {
        for (let index = 0; index < version; index++) yield { value: index }
      },
    },
  ],
  accept: acceptIf({ minimum: 1 }),
}

function openPublication() {
  let now = 0
  let edition: Edition | undefined
  const lines: string[] = []
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } })
  const metrics = createMetrics({ processMetrics: 'off' })
  return {
    lines,
    pass: (ms: number) => void (now += ms),
    publish: async (version: number, format = numbers) => {
      const context = { log, metrics, now: () => now }
      const next = await judgeRendering(context, format, sourceWith({ version }), edition)
      tellHeld(context, format, edition, next)
      edition = next
      const served = next.published
      return { served: served?.version, refusal: next.refusal, body: served?.body.toString() }
    },
  }
}

describe('a rendering', () => {
  it('takes the place of the one before, smaller ones too', async () => {
    const { publish, lines } = openPublication()
    expect(await publish(3)).toEqual({ served: 3, refusal: undefined, body: '[0,1,2]' })
    expect(await publish(2)).toMatchObject({ served: 2, body: '[0,1]' })
    expect(lines).toEqual([])
  })

  it('that lost more than half is held back, in however many steps, for a day', async () => {
    const { publish, pass, lines } = openPublication()
    await publish(10)
    expect(await publish(6)).toMatchObject({ served: 6 })
    const refusal = 'it would shrink from 10 to 4 models'
    expect(await publish(4)).toMatchObject({ served: 6, refusal })
    pass(23 * hour)
    expect(await publish(4)).toMatchObject({ served: 6, refusal })
    expect(lines).toHaveLength(1)
    pass(hour)
    expect(await publish(4)).toMatchObject({ served: 4, refusal: undefined })
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'a format is held back', format: 'numbers', version: 4, servedVersion: 6 },
      { msg: 'a format that was held back is published again', version: 4 },
    ])
    // From then on that is what later ones are compared with.
    expect(await publish(1)).toMatchObject({ served: 4 })
  })

  it('of which nothing was ever fit is not served at all', async () => {
    const { publish } = openPublication()
    expect(await publish(0)).toEqual({
      served: undefined,
      refusal: 'it has 0 models, and its readers want 1 at least',
      body: undefined,
    })
    expect(await publish(1)).toMatchObject({ served: 1 })
  })

  it('with an entry that its readers would not take is held back', async () => {
    const { publish } = openPublication()
    await publish(80)
    expect(await publish(101)).toMatchObject({ served: 80, refusal: '100: is too much' })
  })

  it('that fails is a bug in the log, and no reason to serve nothing', async () => {
    const { publish, lines } = openPublication()
    await publish(3)
    const accept = () => {
      throw new Error('a bug')
    }
    expect(await publish(4, { ...numbers, accept })).toMatchObject({
      served: 3,
      refusal: 'it cannot be rendered',
    })
    expect(lines[0]).toContain('a bug')
  })
})
