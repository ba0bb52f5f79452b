/**
 * What the benchmarks serve: models.dev as of 2026-07-01 (5,276 models of 147 providers) where the real
 * file lies beside the project, else a made-up tree of the same size and shape.
 */
import { isJsonObject, JsonDecimal, parseJson, type Json, type JsonObject } from '../src/json.ts'
import { hasSharedData, readShared } from '../test/support/shared-data.ts'

export interface Payload {
  body: string
  /** For the report: a made-up payload is not the real one. */
  source: string
}

export function readPayloadFile(): Payload {
  const file = 'models-dev/2026-07-01.api.json.gz'
  return hasSharedData
    ? { body: readShared(file), source: file }
    : { body: JSON.stringify(madeUpTree()), source: 'made up' }
}

/** Every `nth` model gets another name and prices that move a little, other ones in every round. */
export function withChangedModels(body: string, nth: number, round: number): string {
  let index = 0
  return mapModels(body, (model) => {
    if (index++ % nth !== 0) return model
    const changed = { ...model, name: `Changed in round ${round}` }
    const cost = model['cost']
    return isJsonObject(cost) ? { ...changed, cost: moved(cost, round) } : changed
  })
}

/** All models of one provider get the same name: an answer of two versions shows. */
export function withNamedModels(body: string, provider: string, name: string): string {
  const tree = objectOf(parseJson(body))
  const { models, ...facts } = objectOf(tree[provider])
  const named = Object.entries(objectOf(models)).map(([id, model]): [string, Json] => [
    id,
    { ...objectOf(model), name },
  ])
  return JSON.stringify({ ...tree, [provider]: { ...facts, models: Object.fromEntries(named) } })
}

/** Small moves: nothing that a guard would hold. */
function moved(cost: JsonObject, round: number): JsonObject {
  return Object.fromEntries(
    Object.entries(cost).map(([key, amount]): [string, Json] => [
      key,
      typeof amount === 'number' || amount instanceof JsonDecimal
        ? Number(amount.toString()) * (1 + round / 1024)
        : amount,
    ]),
  )
}

/** Other bytes, the same content: models.dev does this from build to build. */
export function reshuffled(body: string): string {
  return mapModels(body, (model) => reversedKeys(model), reversedKeys)
}

function mapModels(
  body: string,
  change: (model: JsonObject) => JsonObject,
  order: (object: JsonObject) => JsonObject = (object) => object,
): string {
  const providers = Object.entries(objectOf(parseJson(body))).map(
    ([id, provider]): [string, Json] => {
      const { models, ...facts } = objectOf(provider)
      const changed = Object.entries(objectOf(models)).map(([modelId, model]): [string, Json] => [
        modelId,
        change(objectOf(model)),
      ])
      return [id, { ...facts, models: order(Object.fromEntries(changed)) }]
    },
  )
  return JSON.stringify(order(Object.fromEntries(providers)))
}

function reversedKeys(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).reverse())
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

const providerCount = 147
const modelCount = 5276

function madeUpTree(): JsonObject {
  const providers = Array.from({ length: providerCount }, (_, place) => {
    const id = `provider-${place}`
    // A few providers have hundreds of models, most have some ten.
    const from = Math.floor(modelCount * (place / providerCount) ** 2)
    const to = Math.floor(modelCount * ((place + 1) / providerCount) ** 2)
    const models = Array.from({ length: to - from }, (_, index) => madeUpModel(from + index))
    const facts = { id, name: `Provider ${place}`, npm: '@ai-sdk/openai-compatible', env: ['KEY'] }
    return [id, { ...facts, models: Object.fromEntries(models.map((model) => [model.id, model])) }]
  })
  return Object.fromEntries(providers) as JsonObject
}

function madeUpModel(number: number) {
  return {
    id: `lab-${number % 40}/model-${number}`,
    name: `Model ${number}`,
    description: `The model number ${number} of a catalog that was made up for a benchmark.`,
    family: `family-${number % 40}`,
    attachment: number % 3 === 0,
    reasoning: number % 2 === 0,
    tool_call: true,
    temperature: true,
    release_date: '2026-01-15',
    last_updated: '2026-01-15',
    modalities: { input: ['text', 'image'], output: ['text'] },
    open_weights: number % 5 === 0,
    limit: { context: 128_000, output: 16_384 },
    cost: { input: 0.15 + number / 1000, output: 0.6 + number / 500, cache_read: 0.015 },
  }
}
