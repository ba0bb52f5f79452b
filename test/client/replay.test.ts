import { describe, expect, it } from 'vitest'
import { replay, type ReplaySource } from '../../src/client/replay.ts'
import { change } from './changes.ts'

const gap = { from: 3, to: 5 }
const has = (name: ReplaySource['name'], versions: number[]): ReplaySource => ({
  name,
  read: async () => versions.map(change),
})
const fails = (name: ReplaySource['name']): ReplaySource => ({
  name,
  read: () => Promise.reject(new Error(`${name} is down`)),
})

async function ask(...sources: ReplaySource[]) {
  const outages: string[] = []
  const reports = { outage: (source: string) => void outages.push(source) }
  const replayed = await replay(gap, sources, reports)
  const versions = typeof replayed === 'string' ? replayed : replayed.map(({ version }) => version)
  return { versions, outages }
}

describe('replay', () => {
  it('does not ask the second source when the first has the next version', async () => {
    const { versions, outages } = await ask(has('redis', [3, 4]), fails('postgres'))
    expect([versions, outages]).toEqual([[3, 4], []])
  })

  it('asks the second source when the first reaches back not far enough, or is down', async () => {
    expect((await ask(has('redis', [4, 5]), has('postgres', [3, 4, 5]))).versions).toEqual([
      3, 4, 5,
    ])
    expect(await ask(fails('redis'), has('postgres', [3]))).toEqual({
      versions: [3],
      outages: ['redis'],
    })
  })

  it('calls a gap gone only when every source has answered', async () => {
    expect((await ask(has('redis', []), has('postgres', [4]))).versions).toBe('gone')
    expect((await ask(has('redis', []), fails('postgres'))).versions).toBe('unreachable')
    expect((await ask(fails('redis'), has('postgres', []))).versions).toBe('unreachable')
    expect((await ask(has('redis', []))).versions).toBe('gone')
  })

  it('waits a second for a silent source where there is another one', async () => {
    const silent: ReplaySource = { name: 'redis', read: () => new Promise(() => {}) }
    const startedAt = performance.now()
    const { versions, outages } = await ask(silent, has('postgres', [3]))
    expect([versions, outages]).toEqual([[3], ['redis']])
    expect(performance.now() - startedAt).toBeLessThan(2000)
  })
})
