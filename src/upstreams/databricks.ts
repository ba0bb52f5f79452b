/**
 * Databricks' foundation models in one workspace, as documented. Prices are DBU, which cost differently
 * by cloud, region and contract: they stay as stated. The host is one's own, so the URL must be set.
 */
import { z } from 'zod'
import { bearerKey } from './bearer-key.ts'
import { knownFields } from './known-fields.ts'
import { payloadList, statedId } from './payload-list.ts'
import { restOfRow } from './rest-of-row.ts'
import type { Entry, Item, ListingDraft, ParsedPage, Upstream } from './upstream.ts'

export const databricks = {
  id: 'databricks',
  title: 'Databricks',
  docs: 'https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/supported-models',
  url: 'https://your-workspace.cloud.databricks.com/api/2.0/serving-endpoints:foundation-models',
  key: bearerKey('DATABRICKS_TOKEN', { required: true }),
  adapterVersion: 1,
  schedule: '6h',
  provider: 'databricks',
  rank: 4,
  authoritative: ['name', 'description'],
  complete: true,
  minimumEntries: 1,
  maxBytes: 8 * 2 ** 20,
  optIn: true,
  verified: false,
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  for (const raw of payloadList(page, 'endpoints'))
    yield { kind: 'entry', provider: 'databricks', modelId: statedId(raw, 'name'), raw }
}

const FoundationModel = z.object({
  display_name: z.string().nullish(),
  description: z.string().nullish(),
})

const DatabricksEntry = z.object({
  config: z
    .object({
      served_entities: z.array(z.object({ foundation_model: FoundationModel.nullish() })).nullish(),
    })
    .nullish(),
})

function listing({ raw }: Entry): ListingDraft {
  const { config } = DatabricksEntry.parse(raw)
  const model = config?.served_entities?.[0]?.foundation_model
  return {
    fields: knownFields({
      name: model?.display_name || undefined,
      description: model?.description || undefined,
    }),
    prices: { components: [] },
    extra: restOfRow(raw, {}, ['name']),
  }
}
