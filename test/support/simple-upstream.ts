/** An upstream with the plainest possible payload, for tests of the pipeline rather than of an adapter. */
import { z } from 'zod'
import { PlumblineError } from '../../src/errors.ts'
import { readAmount, sortComponents, type PriceComponent } from '../../src/catalog/price.ts'
import { isJsonObject } from '../../src/json.ts'
import type { Upstream } from '../../src/upstreams/upstream.ts'

export interface SimpleModel {
  id: string
  provider?: string
  name?: string
  input?: number | string | null
  output?: number | string | null
  context?: number
  [extra: string]: unknown
}

const SimpleEntry = z.looseObject({
  id: z.string(),
  provider: z.string().optional(),
  name: z.string().optional(),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  context: z.number().optional(),
})

/** Payload: `{"models": [{id, provider?, name?, input?, output?, context?, …}]}`; prices in USD per million. */
export function simpleUpstream(id: string, overrides: Partial<Upstream> = {}): Upstream {
  return {
    id,
    title: id,
    docs: 'https://example.com',
    url: 'https://example.com',
    adapterVersion: 1,
    schedule: '1h',
    rank: 1,
    authoritative: 'all',
    complete: true,
    minimumEntries: 0,
    maxBytes: 64 * 2 ** 20,
    verified: true,
    entries: ({ json }) => {
      const models = isJsonObject(json) ? json['models'] : undefined
      if (!Array.isArray(models))
        throw new PlumblineError('payload_shape', `${id} has no list of models.`, {
          nextStep: 'Look at the address.',
        })
      return models.map((raw) => {
        const stated = isJsonObject(raw) ? raw : {}
        const provider = typeof stated['provider'] === 'string' ? stated['provider'] : 'acme'
        return {
          kind: 'entry',
          provider,
          modelId: typeof stated['id'] === 'string' ? stated['id'] : '',
          raw,
        }
      })
    },
    listing: ({ raw }) => {
      const {
        id: _id,
        provider: _provider,
        name,
        input,
        output,
        context,
        ...extra
      } = SimpleEntry.parse(raw)
      const amounts = {
        input: readAmount(input, 'usdPerMillionTokens'),
        output: readAmount(output, 'usdPerMillionTokens'),
      }
      const components: PriceComponent[] = []
      for (const meter of ['input', 'output'] as const) {
        const amount = amounts[meter]
        if (amount !== undefined && amount !== 'dynamic') components.push({ meter, amount })
      }
      const isDynamic = amounts.input === 'dynamic' || amounts.output === 'dynamic'
      return {
        fields: {
          ...(name === undefined ? {} : { name }),
          ...(context === undefined ? {} : { contextWindow: context }),
        },
        prices: {
          ...(isDynamic ? { dynamic: true as const } : {}),
          components: sortComponents(components),
        },
        extra: extra as never,
      }
    },
    ...overrides,
  }
}

/** `count` models of one provider with plausible values. */
export function simpleModels(count: number, overrides: Partial<SimpleModel> = {}): SimpleModel[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `model-${String(index).padStart(4, '0')}`,
    name: `Model ${index}`,
    input: 1 + index / 8,
    output: 2 + index / 4,
    context: 128_000,
    ...overrides,
  }))
}
