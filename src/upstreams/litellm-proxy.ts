/**
 * A LiteLLM proxy of one's own: `GET /v1/model/info`, in the names of LiteLLM's cost map. Several
 * deployments may share one `model_name`, among which the proxy balances: what they agree on is the
 * model's, the rest is listed by deployment. Written from documentation.
 */
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../json.ts'
import { agreedMembers } from './agreed-members.ts'
import { bearerKey } from './bearer-key.ts'
import { withoutNulls } from './known-fields.ts'
import { readLitellmRow } from './litellm-row.ts'
import { payloadList, statedId } from './payload-list.ts'
import { objectWithout } from './raw-object.ts'
import {
  RejectedEntry,
  type Entry,
  type Item,
  type ListingDraft,
  type ParsedPage,
  type Upstream,
} from './upstream.ts'

export const litellmProxy = {
  id: 'litellm-proxy',
  title: 'LiteLLM proxy',
  docs: 'https://docs.litellm.ai/docs/proxy/model_management',
  url: 'http://localhost:4000/v1/model/info',
  key: bearerKey('LITELLM_PROXY_API_KEY', { required: false }),
  adapterVersion: 3,
  schedule: '15m',
  provider: 'litellm-proxy',
  rank: 4,
  authoritative: 'all',
  // The list is what the key may use.
  complete: false,
  minimumEntries: 1,
  maxBytes: 32 * 2 ** 20,
  optIn: true,
  verified: false,
  entries,
  listing,
} satisfies Upstream

function* entries(page: ParsedPage): Generator<Item> {
  const byName = Map.groupBy(payloadList(page, 'data'), (row) => statedId(row, 'model_name'))
  for (const [modelId, rows] of byName)
    if (modelId === '' || rows.length === 1)
      for (const raw of rows) yield { kind: 'entry', provider: 'litellm-proxy', modelId, raw }
    else yield { kind: 'entry', provider: 'litellm-proxy', modelId, raw: rows }
}

/** One deployment, or a list of several with the same name. */
function listing({ raw }: Entry): ListingDraft {
  const deployments = (Array.isArray(raw) ? raw : [raw]).map(flatDeployment)
  const common = agreedMembers(deployments)
  const { fields, prices, extra } = readLitellmRow(common)
  const differing = distinct(deployments.map((one) => objectWithout(one, Object.keys(common))))
  return {
    fields,
    prices,
    extra: { ...extra, ...(differing.length > 1 ? { deployments: differing } : {}) },
  }
}

/**
 * `model_info` and the row in one. Of `litellm_params` only the model's name on the other side is kept:
 * the rest is how the proxy reaches it, addresses and credentials included.
 */
function flatDeployment(row: Json): JsonObject {
  if (!isJsonObject(row)) throw new RejectedEntry('not_an_object', 'The row is not an object.')
  const { litellm_params: params, model_info: info } = row
  const model = isJsonObject(params) ? params['model'] : undefined
  return withoutNulls({
    ...objectWithout(row, ['model_name', 'litellm_params', 'model_info']),
    ...(isJsonObject(info) ? info : {}),
    ...(typeof model === 'string' ? { litellm_model: model } : {}),
  })
}

/** In canonical order, so that the order of the proxy's rows has no say. */
function distinct(objects: readonly JsonObject[]): JsonObject[] {
  const byText = new Map(objects.map((object) => [canonicalJson(object), object]))
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
}
