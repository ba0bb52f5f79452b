import { describe, expect, it } from 'vitest'
import { createOpened } from '../src/opened.ts'

describe('what is opened', () => {
  it('is opened at the first use, once, and closed in reverse order, once', async () => {
    const log: string[] = []
    const opened = createOpened()
    const part = (name: string, needs?: () => string) =>
      opened.once(
        () => {
          needs?.()
          log.push(`open ${name}`)
          return name
        },
        () => log.push(`close ${name}`),
      )
    const first = part('first')
    const second = part('second', first)
    part('never')
    expect(log).toEqual([])
    expect([second(), first(), second()]).toEqual(['second', 'first', 'second'])
    await Promise.all([opened.close(), opened.close()])
    expect(log).toEqual(['open first', 'open second', 'close second', 'close first'])
  })

  it('is closed also when another one fails to close', async () => {
    const opened = createOpened()
    const closed: string[] = []
    opened.once(
      () => 'good',
      () => closed.push('good'),
    )()
    opened.once(
      () => 'bad',
      () => Promise.reject(new Error('stuck')),
    )()
    await expect(opened.close()).rejects.toThrow('stuck')
    expect(closed).toEqual(['good'])
  })
})
