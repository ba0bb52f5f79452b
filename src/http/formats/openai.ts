/** OpenAI's list of models: what every SDK of OpenAI reads at `<base>/models`. It knows no more than ids. */
import { z } from 'zod'
import { modelKey } from '../../catalog/model.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { acceptIf, type Format } from './format.ts'
import { createdSeconds } from './model-facts.ts'

export const OpenaiModel = z.object({
  id: z.string().min(1),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string().min(1),
})

export const openai = {
  name: 'openai',
  path: '/v1/models',
  summary: 'OpenAI’s list of models',
  sections: [
    {
      open: '{"object":"list","data":[',
      close: ']}',
      schema: OpenaiModel,
      *entries({ models }) {
        for (const model of models) yield { value: renderOpenaiModel(model) }
      },
    },
  ],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

export function renderOpenaiModel(model: StoredModel): z.infer<typeof OpenaiModel> {
  return {
    id: modelKey(model),
    object: 'model',
    created: createdSeconds(model),
    owned_by: model.provider,
  }
}
