import { describe, expect, it } from 'vitest'
import { openaiCompatible } from '../../src/upstreams/openai-compatible.ts'
import { openrouterCompatible } from '../../src/upstreams/openrouter-compatible.ts'
import { upstreams } from '../../src/upstreams/registry.ts'
import { describeConformance } from './conformance.ts'
import { inData, samples } from './samples.ts'

it('has a sample for every upstream, and the registry is in alphabetical order', () => {
  const ids = upstreams.map(({ id }) => id)
  expect(ids).toEqual([...ids].sort())
  expect(Object.keys(samples).sort()).toEqual(ids)
})

for (const upstream of upstreams) {
  const sample = samples[upstream.id]
  if (sample) describeConformance(upstream, sample)
}

describeConformance(openaiCompatible({ id: 'lab', url: 'http://gpu1:8000/v1', provider: 'lab' }), {
  ...inData,
  prices: { absent: { pricing: { prompt: '0.0000025' } } },
})

describeConformance(
  openrouterCompatible({ id: 'gate', url: 'https://gate.example/v1', provider: 'gate' }),
  {
    ...inData,
    prices: {
      paid: { pricing: { prompt: '0.0000025' } },
      free: { pricing: { prompt: '0', completion: '0' } },
      dynamic: { pricing: { prompt: '-1' } },
      absent: { pricing: {} },
    },
  },
)

describe('with a unit for its prices', () => {
  describeConformance(
    openaiCompatible({
      id: 'priced',
      url: 'http://gpu1:8000/v1',
      provider: 'priced',
      priceUnit: 'usdPerToken',
    }),
    {
      ...inData,
      prices: {
        paid: { pricing: { prompt: '0.0000025' } },
        free: { pricing: { prompt: '0', completion: '0' } },
        dynamic: { pricing: { prompt: '-1' } },
        absent: {},
      },
    },
  )
})
