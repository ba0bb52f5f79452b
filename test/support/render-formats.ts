/** The two formats whose payloads must come back whole, from whatever a test has for a catalog. */
import type { CatalogModel, CatalogProvider } from '../../src/catalog/model.ts'
import { litellmOurs } from '../../src/http/formats/litellm-map.ts'
import { modelsDev } from '../../src/http/formats/models-dev.ts'
import { renderFormat } from '../../src/http/formats/render-format.ts'
import { sourceWith, stored } from './format-source.ts'

export function renderModelsDev(
  providers: readonly CatalogProvider[],
  models: readonly CatalogModel[],
): string {
  const source = sourceWith({ providers: [...providers], models: models.map(stored) })
  return renderFormat(modelsDev, source).text
}

export function renderLitellm(models: readonly CatalogModel[]): string {
  return renderFormat(litellmOurs, sourceWith({ models: models.map(stored) })).text
}
