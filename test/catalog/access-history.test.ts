import { describe, expect, it } from 'vitest'
import {
  accessAt,
  tellingOf,
  type Access,
  type AccessMove,
} from '../../src/catalog/access-history.ts'

const open: Access = { review: 'active', tiers: [] }
const ofPro: Access = { review: 'active', tiers: ['pro'] }
const disabled: Access = { review: 'disabled', tiers: [] }

describe('accessAt', () => {
  const moves: AccessMove[] = [
    { version: 30, field: 'review', from: 'active' },
    { version: 20, field: 'tiers', from: ['pro'] },
    { version: 10, field: 'tiers', from: [] },
  ]
  const now: Access = { review: 'disabled', tiers: ['enterprise'] }

  it.each([
    [5, ['active', []], ['active', []]],
    [10, ['active', []], ['active', ['pro']]],
    [20, ['active', ['pro']], ['active', ['enterprise']]],
    [30, ['active', ['enterprise']], ['disabled', ['enterprise']]],
    [31, ['disabled', ['enterprise']], ['disabled', ['enterprise']]],
  ])('at version %i goes back from what is now', (version, before, after) => {
    const shown = accessAt(now, moves, version)
    expect([shown.before.review, shown.before.tiers]).toEqual(before)
    expect([shown.after.review, shown.after.tiers]).toEqual(after)
  })

  it('takes what is stored and not readable for what is now', () => {
    const odd: AccessMove[] = [{ version: 5, field: 'tiers', from: 'gold' }]
    expect(accessAt(ofPro, odd, 5).before).toEqual(ofPro)
  })
})

describe('tellingOf', () => {
  it.each([
    ['what was and is open', open, open, open, 'as_it_is'],
    ['what became open', ofPro, open, open, 'added'],
    ['what was taken away', open, ofPro, ofPro, 'withdrawn'],
    ['what was taken away and is back today', open, disabled, open, 'withdrawn'],
    ['what was never open', ofPro, disabled, disabled, 'not'],
    ['what is not open any more', open, open, disabled, 'not'],
    ['what was opened and closed again later', disabled, open, disabled, 'not'],
  ])('tells %s', (_what, before, after, now, telling) => {
    expect(tellingOf({ before, after, now }, 'free')).toBe(telling)
  })

  it('tells everything to those who see everything', () => {
    expect(tellingOf({ before: disabled, after: ofPro, now: disabled }, 'all')).toBe('as_it_is')
  })
})
