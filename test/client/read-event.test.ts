import { describe, expect, it } from 'vitest'
import { readEvent } from '../../src/client/read-event.ts'
import { buildChangedData, catalogChanged } from '../../src/events/catalog-changed.ts'

const origin = { version: 3, upstream: 'litellm', provider: 'acme', runId: 5 }
const lists = {
  added: ['acme/new'],
  updated: [{ id: 'acme/a', fields: ['name'] }],
  removed: ['acme/old'],
}
const event = catalogChanged({
  ...origin,
  data: buildChangedData({ ...origin, ...lists }),
  committedAt: new Date('2026-11-21T10:00:00.000Z'),
})

describe('readEvent', () => {
  it('reads what the relay publishes', () => {
    expect(readEvent(JSON.stringify(event))).toEqual({
      type: 'changed',
      ...origin,
      ...lists,
      truncated: false,
      committedAt: '2026-11-21T10:00:00.000Z',
    })
  })

  it('ignores members that it does not know', () => {
    const later = { ...event, extension: 1, data: { ...event.data, later: true } }
    expect(readEvent(JSON.stringify(later))).not.toHaveProperty('later')
  })

  it.each([
    ['no JSON', 'no JSON'],
    ['another type', JSON.stringify({ ...event, type: 'plumbline.hold.opened' })],
    ['no version', JSON.stringify({ ...event, data: { ...event.data, version: undefined } })],
    ['a version as text', JSON.stringify({ ...event, data: { ...event.data, version: '3' } })],
    ['no data', JSON.stringify({ ...event, data: null })],
    ['a list', '[]'],
  ])('reads nothing from %s', (_what, text) => {
    expect(readEvent(text)).toBeUndefined()
  })

  it.each([['added', [1]] as const, ['updated', ['acme/a']] as const, ['removed', null] as const])(
    'counts as truncated when %s is %j',
    (name, list) => {
      const broken = { ...event, data: { ...event.data, [name]: list } }
      expect(readEvent(JSON.stringify(broken))).toMatchObject({
        version: 3,
        provider: 'acme',
        added: [],
        updated: [],
        removed: [],
        truncated: true,
      })
    },
  )
})
