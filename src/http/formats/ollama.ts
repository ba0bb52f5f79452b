/**
 * What `GET /api/tags` of an Ollama server says. Models of Ollama runtimes keep their own names and
 * details; all others have their id as the name, and no size: nothing of them lies on a disk here.
 */
import { z } from 'zod'
import { modelKey } from '../../catalog/model.ts'
import type { StoredModel } from '../../catalog/models.ts'
import { isJsonObject, type JsonObject } from '../../json.ts'
import { acceptIf, type Format } from './format.ts'

const OllamaTag = z.object({
  name: z.string().min(1),
  model: z.string().min(1),
  modified_at: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'is no time'),
  size: z.number().nonnegative(),
  digest: z.string().min(1),
  details: z.object({ family: z.string(), families: z.array(z.string()).nullable() }),
})

export const ollama = {
  name: 'ollama',
  path: '/api/tags',
  summary: 'The list of an Ollama server',
  sections: [
    {
      open: '{"models":[',
      close: ']}',
      schema: OllamaTag,
      *entries({ models }) {
        for (const model of models) yield { value: renderTag(model) }
      },
    },
  ],
  accept: acceptIf({ minimum: 0 }),
} satisfies Format

function renderTag(model: StoredModel): JsonObject {
  const { extra, provider, modelId, changedAt, hash, fields } = model
  const stated = extra['ollama'] ?? {}
  const details = isJsonObject(stated['details']) ? stated['details'] : {}
  const name = provider === 'ollama' ? modelId : modelKey(model)
  const { family = '' } = fields
  return {
    name,
    model: name,
    modified_at: stated['modified_at'] ?? changedAt.toISOString(),
    size: stated['size'] ?? 0,
    digest: stated['digest'] ?? hash,
    details: {
      parent_model: '',
      format: '',
      family,
      families: family === '' ? null : [family],
      parameter_size: '',
      quantization_level: '',
      ...details,
    },
  }
}
