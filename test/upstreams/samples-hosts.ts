/** The smallest payloads of the inference hosts' lists, for the conformance suite. */
import { objectWithId, type PayloadSample } from './conformance.ts'

const inData: PayloadSample = {
  entry: objectWithId('id'),
  prices: { absent: {} },
  payload: (entries) => JSON.stringify({ object: 'list', data: entries }),
  malformed: 'no entry',
  wrongShapes: ['{}', '{"data": {}}', '3', '"text"', 'null'],
}

function listOf(key: string, idKey = 'id'): PayloadSample {
  return {
    ...inData,
    entry: objectWithId(idKey),
    payload: (entries) => JSON.stringify({ [key]: entries }),
    wrongShapes: ['{}', `{"${key}": {}}`, '3', 'null'],
  }
}

/** Prices under `pricing`, input and output by these names, as text or numbers. */
function pricedAs(
  [input, output]: [string, string],
  [paid, free, dynamic]: [unknown, unknown, unknown],
): Pick<PayloadSample, 'prices'> {
  const pricing = (amount: unknown) => ({ pricing: { [input]: amount, [output]: amount } })
  return {
    prices: {
      paid: pricing(paid),
      free: pricing(free),
      dynamic: pricing(dynamic),
      absent: { pricing: {} },
    },
  }
}

const perToken = pricedAs(['prompt', 'completion'], ['0.0000025', '0', '-1'])
const perTokenNumbers = pricedAs(['prompt', 'completion'], [2.5e-6, 0, -1])

const deepinfraPricing = (amount: number) => ({
  metadata: { pricing: { input_tokens: amount, output_tokens: amount } },
})
const venicePricing = (usd: number) => ({
  model_spec: { pricing: { input: { usd }, output: { usd } } },
})
const neuralwattPricing = (amount: number) => ({
  metadata: { pricing: { input_per_million: amount, output_per_million: amount } },
})
const sku = (amount: string) => ({
  pricing: [{ sku: 'LLM input tokens (uncached)', amount, unit: '1M tokens' }],
})
const inRow = (input: string, output: string, paid: number): Pick<PayloadSample, 'prices'> => ({
  prices: {
    paid: { [input]: paid, [output]: paid },
    free: { [input]: 0, [output]: 0 },
    dynamic: { [input]: -1, [output]: -1 },
    absent: {},
  },
})

export const hostSamples: Record<string, PayloadSample> = {
  ambient: { ...inData, ...perToken },
  atlascloud: { ...inData, ...perToken },
  avian: {
    ...inData,
    ...pricedAs(['input_per_million', 'output_per_million'], [2.5, 0, -1]),
  },
  baseten: { ...inData, ...perTokenNumbers },
  cerebras: { ...inData, ...perToken },
  chutes: { ...inData, ...pricedAs(['prompt', 'completion'], [2.5, 0, -1]) },
  cortecs: {
    ...inData,
    prices: {
      paid: { pricing: { currency: 'EUR', input_token: 2.5 } },
      free: { pricing: { currency: 'EUR', input_token: 0 } },
      dynamic: { pricing: { currency: 'EUR', input_token: -1 } },
      absent: { pricing: { input_token: 2.5 } },
    },
  },
  databricks: listOf('endpoints', 'name'),
  deepinfra: {
    ...inData,
    prices: {
      paid: deepinfraPricing(2.5),
      free: deepinfraPricing(0),
      dynamic: deepinfraPricing(-1),
      absent: { metadata: null },
    },
  },
  digitalocean: listOf('models'),
  featherless: inData,
  fireworks: {
    ...inData,
    prices: { paid: sku('2.50'), free: sku('0.00'), absent: { pricing: [] } },
  },
  friendli: {
    ...inData,
    prices: {
      paid: { pricing: { input: 2.5, unit_type: 'TOKEN' } },
      free: { pricing: { input: 0, unit_type: 'TOKEN' } },
      dynamic: { pricing: { input: -1, unit_type: 'TOKEN' } },
      absent: { pricing: { input: 0, response_time: 0.002, unit_type: 'SECOND' } },
    },
  },
  groq: inData,
  hyperbolic: inData,
  inception: { ...inData, ...perToken },
  'io-net': { ...inData, ...inRow('input_token_price', 'output_token_price', 2.5e-6) },
  jiekou: {
    ...inData,
    ...inRow('input_token_price_per_m', 'output_token_price_per_m', 25_000),
  },
  nebius: { ...inData, ...perToken },
  neuralwatt: {
    ...inData,
    prices: {
      paid: neuralwattPricing(2.5),
      free: neuralwattPricing(0),
      dynamic: neuralwattPricing(-1),
      absent: { metadata: { pricing: { input_per_million: 0, pricing_tbd: true } } },
    },
  },
  novita: {
    ...inData,
    ...inRow('input_token_price_per_m', 'output_token_price_per_m', 25_000),
  },
  nscale: inData,
  nvidia: inData,
  ovhcloud: { ...inData, ...perToken },
  pioneer: {
    ...listOf('models'),
    ...inRow('input_price_per_million', 'output_price_per_million', 2.5),
  },
  sambanova: { ...inData, ...perToken },
  synthetic: { ...inData, ...pricedAs(['prompt', 'completion'], ['$0.0000025', '$0', '-1']) },
  together: {
    ...inData,
    prices: {
      paid: { pricing: { input: 2.5, output: 10 } },
      dynamic: { pricing: { input: -1, output: -1 } },
      absent: { pricing: { input: 0, output: 0 } },
    },
    payload: (entries) => JSON.stringify(entries),
  },
  venice: {
    ...inData,
    prices: {
      paid: venicePricing(2.5),
      free: venicePricing(0),
      dynamic: venicePricing(-1),
      absent: { model_spec: {} },
    },
  },
  vllm: inData,
  wandb: { ...inData, ...perToken },
}
