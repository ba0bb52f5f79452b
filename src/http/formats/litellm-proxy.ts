/**
 * `GET /v1/model/info` of a LiteLLM proxy: the rows of the cost map, by the name that callers of a proxy
 * use; here that is the catalog's id. How the proxy reaches a model, keys included, is not for readers.
 */
import { z } from 'zod'
import { modelKey } from '../../catalog/model.ts'
import { acceptIf, type Format, type FormatSource } from './format.ts'
import { litellmRows } from './litellm.ts'

const Deployment = z.object({
  model_name: z.string().min(1),
  litellm_params: z.object({ model: z.string().min(1) }),
  model_info: z.looseObject({ id: z.string().min(1), db_model: z.boolean() }),
})

export const litellmProxy = {
  name: 'litellm-proxy',
  path: '/v1/model/info',
  aliases: ['/model/info'],
  summary: 'The models of a LiteLLM proxy',
  sections: [{ open: '{"data":[', close: ']}', schema: Deployment, entries }],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

function* entries({ models }: FormatSource) {
  for (const model of models) {
    const rows = [...litellmRows([model])].filter((each) => each !== undefined)
    // Its regions are rows of their own.
    const row = rows.find(([key]) => key === model.extra['litellm']?.['key']) ?? rows[0]
    if (!row) continue
    const [key, info] = row
    const id = modelKey(model)
    yield {
      value: {
        model_name: id,
        litellm_params: { model: key },
        model_info: { ...info, id, db_model: false, key },
      },
    }
  }
}
