import { describe, expect, it } from 'vitest'
import { eventMap } from '../../src/events/events.ts'
import { noticeEvent, type Notice } from '../../src/events/notice.ts'

const notices: Notice[] = [
  {
    type: 'plumbline.hold.opened',
    data: {
      holdId: 3,
      kind: 'value',
      upstream: 'models-dev',
      provider: 'acme',
      modelId: 'large',
      field: 'price.input',
      reason: 'price_jump',
      message: 'The price is 10 times what it was.',
      runId: 9,
    },
  },
  {
    type: 'plumbline.upstream.failing',
    data: {
      upstream: 'openrouter',
      consecutiveFailures: 5,
      errorCode: 'fetch_timeout',
      message: 'No complete answer within the deadline.',
      lastSuccessAt: null,
    },
  },
  {
    type: 'plumbline.upstream.recovered',
    data: { upstream: 'openrouter', consecutiveFailures: 5, lastSuccessAt: null },
  },
]
const createdAt = new Date('2026-11-21T10:00:00.000Z')

describe('noticeEvent', () => {
  it('knows every notice of the event map', () => {
    const known = notices.map(({ type }) => type)
    const others = ['plumbline.catalog.changed', 'plumbline.catalog.reset']
    expect([...others, ...known].sort()).toEqual(Object.keys(eventMap).sort())
  })

  it.each(notices)('carries the data of $type unchanged', (notice) => {
    expect(noticeEvent({ id: 12, ...notice, createdAt })).toEqual({
      specversion: '1.0',
      id: 'notice-12',
      source: 'plumbline',
      type: notice.type,
      time: '2026-11-21T10:00:00.000Z',
      datacontenttype: 'application/json',
      subject: notice.type === 'plumbline.hold.opened' ? 'acme' : 'openrouter',
      data: notice.data,
    })
  })

  it('is undefined for an unknown type, for a catalog change and for data that does not fit', () => {
    const [, failing] = notices
    expect(noticeEvent({ id: 1, type: 'plumbline.unknown', data: {}, createdAt })).toBeUndefined()
    expect(
      noticeEvent({ id: 1, type: 'plumbline.catalog.changed', data: {}, createdAt }),
    ).toBeUndefined()
    expect(
      noticeEvent({ id: 1, type: 'plumbline.hold.opened', data: failing?.data, createdAt }),
    ).toBeUndefined()
  })
})

describe('the event map', () => {
  it('says of every event when it comes', () => {
    for (const { about } of Object.values(eventMap)) expect(about).toMatch(/^When .*\.$/)
  })
})
