import { expect, expectTypeOf, it } from 'vitest'
import type { CatalogChanged, CatalogReset } from '../../src/client/index.ts'
import { namesInRedis } from '../../src/client/names.ts'
import type { CatalogChangedData, CatalogResetData } from '../../src/events/events.ts'
import { eventNames } from '../../src/events/names.ts'

it('the client’s own declarations agree with what the server sends', () => {
  type Stated = Omit<CatalogChanged, 'type' | 'committedAt'>
  expectTypeOf<CatalogChangedData>().toEqualTypeOf<Stated>()
  expectTypeOf<CatalogResetData['reason']>().toExtend<CatalogReset['reason']>()
  for (const prefix of [undefined, 'other'])
    expect(namesInRedis(prefix)).toEqual(eventNames(prefix))
})
