import { describe, expect, it } from 'vitest'
import type { AccessAt } from '../../src/catalog/access-history.ts'
import { eventFor, eventOfProvider } from '../../src/catalog/told-versions.ts'
import { catalogChanged } from '../../src/events/catalog-changed.ts'
import type { CatalogChangedData } from '../../src/events/events.ts'

const update = (id: string) => ({ id, fields: ['name'] })

function event(stated: Partial<CatalogChangedData>, provider: string | null = 'acme') {
  const lists = { added: [], updated: [], removed: [], truncated: false }
  return catalogChanged({
    version: 7,
    upstream: 'lab',
    provider,
    runId: 3,
    data: { ...lists, ...stated },
    committedAt: new Date(0),
  })
}

const closed = { review: 'active', tiers: ['pro'] } as const
const open = { review: 'active', tiers: [] } as const
const hidden: AccessAt = { before: closed, after: closed, now: closed }
const taken: AccessAt = { before: open, after: closed, now: closed }
const given: AccessAt = { before: closed, after: open, now: open }

describe('eventFor', () => {
  const stated = { added: ['acme/a'], updated: ['acme/b', 'acme/c', 'acme/d'].map(update) }
  const access = new Map([
    ['acme/a', hidden],
    ['acme/b', taken],
    ['acme/c', given],
  ])
  const logged = { version: 7, event: event({ ...stated, removed: ['acme/e'] }), access }

  it('names to an audience what is theirs, in their terms', () => {
    expect(eventFor(logged, 'free').data).toMatchObject({
      version: 7,
      provider: 'acme',
      added: ['acme/c'],
      updated: [update('acme/d')],
      removed: ['acme/e', 'acme/b'],
    })
    expect(eventFor(logged, 'all')).toBe(logged.event)
  })

  it('does not say whose models they are when none of them is theirs', () => {
    const only = { version: 7, event: event({ updated: [update('acme/a')] }), access }
    const told = eventFor(only, 'free')
    expect(told).not.toHaveProperty('subject')
    expect(JSON.stringify(told)).not.toMatch(/acme|lab/)
    expect(eventFor(only, 'pro')).toMatchObject({ subject: 'acme', data: only.event.data })
  })
})

describe('eventOfProvider', () => {
  it('takes what is of the provider, or may be', () => {
    const own = event({ added: ['acme/a'] })
    expect(eventOfProvider(own, 'acme')).toBe(own)
    expect(eventOfProvider(own, 'other')).toBeUndefined()
    const mixed = event({ removed: ['acme/a', 'other/b'] }, null)
    expect(eventOfProvider(mixed, 'other')?.data.removed).toEqual(['other/b'])
    expect(eventOfProvider(mixed, 'third')).toBeUndefined()
    expect(eventOfProvider(event({ truncated: true }, null), 'third')).toBeDefined()
  })
})
