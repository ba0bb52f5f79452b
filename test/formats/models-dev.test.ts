import { describe, expect, it } from 'vitest'
import { renderModelsDev } from '../../src/http/formats/models-dev.ts'
import { parseJson } from '../../src/json.ts'
import { modelsDev } from '../../src/upstreams/models-dev.ts'
import { catalogOf, readPayload } from '../support/catalog-of.ts'
import { jsonDifferences } from '../support/compare-json.ts'
import { hasSharedData, readShared, sharedDataNote, sharedFiles } from '../support/shared-data.ts'

describe.skipIf(!hasSharedData)(
  `the tree that models.dev served comes back whole${sharedDataNote}`,
  () => {
    it.each(sharedFiles('models-dev', '.gz'))('%s', (file) => {
      const body = readShared(`models-dev/${file}`)
      const snapshot = readPayload(modelsDev, body)
      const { providers, models } = catalogOf(modelsDev, snapshot)
      expect(snapshot.rejects).toEqual([])
      expect(
        jsonDifferences(parseJson(body), parseJson(renderModelsDev(providers, models))),
      ).toEqual([])
    })
  },
)
