/**
 * Payloads in the shape of models.dev that say which of them they are: from a provider's models one can
 * read the body that they came from, and a mixture of two is seen at once.
 */
export interface BodyShape {
  providers: number
  /** Of every provider; models.dev's adapter holds lists of fewer than 50 entries. */
  models: number
  /** A provider changes in one of so many bodies. */
  changesEvery: number
}

export const smallBodies: BodyShape = { providers: 8, models: 8, changesEvery: 1 }

export function bodyText(number: number, shape: BodyShape): string {
  const tree: Record<string, object> = {}
  for (let index = 0; index < shape.providers; index++) {
    const id = providerId(index)
    const models = statedModels(number, index, shape)
    tree[id] = {
      id,
      name: `Provider ${index}`,
      env: [],
      models: Object.fromEntries(models.map((model) => [model.id, entryOf(model)])),
    }
  }
  return JSON.stringify(tree)
}

/** What the catalog has of every provider once it is body `number`: provider → one line a model, sorted. */
export function expectedLines(number: number, shape: BodyShape): Map<string, string[]> {
  return new Map(
    Array.from({ length: shape.providers }, (_, index) => [
      providerId(index),
      statedModels(number, index, shape).map(({ id, name, input, context }) =>
        [id, name, input, context, 'active'].join(' | '),
      ),
    ]),
  )
}

/** The same lines, read from the table `models`. */
export const linesQuery = `
  SELECT provider, array_agg(concat_ws(' | ', model_id, name, input_price, context_window, lifecycle) ORDER BY model_id) AS lines
  FROM models GROUP BY provider`

interface StatedModel {
  id: string
  name: string
  input: string
  context: number
}

/** Below every guard: prices within a few percent, and a model more from time to time, never one less. */
function statedModels(number: number, provider: number, shape: BodyShape): StatedModel[] {
  const revision = Math.floor((number + provider) / shape.changesEvery)
  const count = shape.models + Math.min(Math.floor(revision / 4), 20)
  return Array.from({ length: count }, (_, index) => ({
    id: `model-${String(index).padStart(3, '0')}`,
    name: `Model ${index}, revision ${revision}`,
    input: `1.${String(100 + (revision % 97))}1`,
    context: 100_000 + revision,
  }))
}

function entryOf({ id, name, input, context }: StatedModel): object {
  return {
    id,
    name,
    tool_call: true,
    modalities: { input: ['text'], output: ['text'] },
    limit: { context, output: 4096 },
    cost: { input: Number(input), output: 2 },
  }
}

function providerId(index: number): string {
  return `provider-${String.fromCodePoint(97 + index)}`
}
