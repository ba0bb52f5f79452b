import { describe, expect, test } from 'vitest'
import { PlumblineError } from '../../src/errors.ts'
import { JsonDecimal } from '../../src/json.ts'
import { parsePayload } from '../../src/upstreams/payload.ts'

function errorOf(body: string, contentType?: string): PlumblineError {
  try {
    parsePayload(body, { upstream: 'acme', contentType })
  } catch (error) {
    if (error instanceof PlumblineError) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

test('good JSON keeps the digits of its numbers', () => {
  const json = parsePayload('{"price": 5e-7}', { upstream: 'acme' })
  expect(json).toEqual({ price: new JsonDecimal('0.0000005') })
})

describe('what is not JSON', () => {
  test.each([
    ['', 'acme answered with an empty body.'],
    [' \n', 'acme answered with an empty body.'],
    ['<!doctype html><html></html>', 'acme answered with an HTML page.'],
    [
      '\n<html><head><title>Hotel\u001b[2J Login</title>',
      'acme answered with an HTML page titled "Hotel [2J Login".',
    ],
    ['<?xml version="1.0"?><Error/>', 'acme answered with XML.'],
    ['{"data":[1,2', 'acme answered with JSON that breaks off after 12 characters.'],
    ['{"data":["ab', 'acme answered with JSON that breaks off after 12 characters.'],
    ['{"data":[1,', 'acme answered with JSON that breaks off after 11 characters.'],
    [
      'upstream connect error',
      'acme answered with something that is not JSON, beginning with "upstream connect error".',
    ],
    [
      `{"a": x${'y'.repeat(100)}`,
      `acme answered with something that is not JSON, beginning with "{"a": x${'y'.repeat(53)}…".`,
    ],
  ])('%j is told apart', (body, message) => {
    expect(errorOf(body)).toMatchObject({ code: 'payload_not_json', retryable: true, message })
  })

  test('names the content type where it is known', () => {
    expect(errorOf('<html>', 'text/html').message).toBe(
      'acme answered with an HTML page (Content-Type: text/html).',
    )
  })

  test('that is nested without end does not overflow the stack', () => {
    expect(errorOf('['.repeat(1_000_000))).toMatchObject({ code: 'payload_not_json' })
    expect(errorOf('['.repeat(200_000) + ']'.repeat(200_000))).toMatchObject({
      code: 'payload_not_json',
    })
  })
})

describe('an error message with status 200', () => {
  test.each([
    ['{"error":"quota exceeded"}', 'quota exceeded'],
    ['{"error":{"message":"no such key","code":401}}', 'no such key'],
    ['{"error":{"code":401}}', '{"code":401}'],
    ['{"success":false,"errors":[{"message":"bad"}]}', '[{"message":"bad"}]'],
    ['{"success":false,"message":"down"}', 'down'],
  ])('%s is no list', (body, text) => {
    const error = errorOf(body)
    expect(error).toMatchObject({ code: 'payload_shape', retryable: true })
    expect(error.message).toContain(text)
  })

  test.each([
    '{"data":[],"error":"partial"}',
    '{"error":null}',
    '{"error":{"id":"a model"}}',
    '[]',
  ])('%s is left to the adapter', (body) => {
    expect(() => parsePayload(body, { upstream: 'acme' })).not.toThrow()
  })
})
