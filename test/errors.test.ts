import { describe, expect, it } from 'vitest'
import { toPlumblineError } from '../src/errors.ts'

/** As Prisma wraps it: the database's code is in the text alone. */
function rawQueryError(code: string, message: string): Error {
  const text = `\nInvalid \`prisma.$queryRaw()\` invocation:\n\n\nRaw query failed. Code: \`${code}\`. Message: \`${message}\``
  return Object.assign(new Error(text), { code: 'P2010' })
}

describe('an error that somebody else has thrown', () => {
  it.each([
    ['57P03', 'the database system is not yet accepting connections'],
    ['40P01', 'deadlock detected'],
    ['53300', 'sorry, too many clients already'],
    ['25P03', 'terminating connection due to idle-in-transaction timeout'],
  ])('is the database being away when PostgreSQL says %s', (code, message) => {
    const error = toPlumblineError(rawQueryError(code, message))
    expect(error).toMatchObject({ code: 'database_unavailable', retryable: true })
    expect(error.message).toBe(`PostgreSQL: ${message}`)
  })

  it('is the database being away when a process slept longer than its transaction may last', () => {
    const text =
      'Transaction API error: A query cannot be executed on an expired transaction. The timeout for this transaction was 15000 ms'
    const error = Object.assign(new Error(text), { code: 'P2028' })
    expect(toPlumblineError(error)).toMatchObject({ code: 'database_unavailable', retryable: true })
  })

  it('is the database being away when no address of its name answers', () => {
    const refused = ['::1', '127.0.0.1'].map((at) => new Error(`connect ECONNREFUSED ${at}:5432`))
    expect(toPlumblineError(new AggregateError(refused, ''))).toMatchObject({
      code: 'database_unavailable',
      message: 'PostgreSQL: connect ECONNREFUSED ::1:5432',
    })
  })

  it.each(['Reached the max retries per request limit (which is 2).', 'Connection is closed.'])(
    'is Redis being away: %s',
    (message) => {
      expect(toPlumblineError(new Error(message))).toMatchObject({
        code: 'redis_unavailable',
        retryable: true,
      })
    },
  )

  it.each([rawQueryError('23505', 'duplicate key value'), new TypeError('x is not a function')])(
    'is a bug when it is neither: %s',
    (error) => {
      expect(toPlumblineError(error)).toMatchObject({ code: 'internal', retryable: true })
    },
  )
})
