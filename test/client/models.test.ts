import { expectTypeOf, it } from 'vitest'
import type { ModelView } from '../../src/catalog/model-view.ts'
import type { CatalogModel } from '../../src/client/index.ts'

it('a model of the client is what the API gives', () => {
  const taken = (model: ModelView): CatalogModel => model
  expectTypeOf(taken).returns.toEqualTypeOf<CatalogModel>()
  // And it leaves nothing out.
  expectTypeOf<keyof ModelView>().toEqualTypeOf<keyof CatalogModel>()
  expectTypeOf<keyof ModelView['prices']>().toEqualTypeOf<keyof CatalogModel['prices']>()
})
