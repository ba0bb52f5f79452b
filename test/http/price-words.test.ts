import { expect, it } from 'vitest'
import { byImportance, priceWords } from '../../src/http/feeds/price-words.ts'

it.each([
  ['price.input', '1.25', '1', 'input price 1.25 → 1.00 USD per million tokens (−20 %)'],
  ['price.cache_read', undefined, '0.125', 'cache read price 0.125 USD per million tokens'],
  [
    'price.output',
    '10',
    undefined,
    'output price no longer stated, was 10.00 USD per million tokens',
  ],
  ['price.input', '1', '0', 'input price 1.00 → 0.00 USD per million tokens (free now)'],
  ['price.input', '0', '1', 'input price 0.00 → 1.00 USD per million tokens (was free)'],
  [
    'price.input;mode=batch;tier=200000',
    '2',
    '3',
    'input price (batch, above 200,000 tokens) 2.00 → 3.00 USD per million tokens (+50 %)',
  ],
  [
    'price.output_image_each;variant=1080p;unit=each',
    undefined,
    '0.04',
    'output image each price (1080p) 0.04 USD each',
  ],
  ['price.request;mood=gloomy', '1', '2', 'request;mood=gloomy price 1.00 → 2.00 USD (+100 %)'],
  ['price.dynamic', undefined, true, 'price depends on the route'],
  ['price.dynamic', true, undefined, 'price no longer depends on the route'],
  ['price.currency', undefined, 'CNY', 'prices in CNY, not USD'],
])('%s from %s to %s', (field, from, to, words) => {
  expect(priceWords({ field, from, to }, 'USD')).toBe(words)
})

it('names input and output first, and the plain price before others', () => {
  const fields = ['cache_read', 'input;mode=batch', 'output', 'request', 'input'].map((key) => ({
    field: `price.${key}`,
    from: undefined,
    to: '1',
  }))
  expect(fields.toSorted(byImportance).map(({ field }) => field.slice(6))).toEqual([
    'input',
    'output',
    'cache_read',
    'request',
    'input;mode=batch',
  ])
})
