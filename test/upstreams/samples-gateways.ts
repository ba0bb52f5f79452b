/** The smallest payloads of the gateways' lists, for the conformance suite. */
import { keyedById, objectWithId, type PayloadSample } from './conformance.ts'

const inData: PayloadSample = {
  entry: objectWithId('id'),
  prices: { absent: {} },
  payload: (entries) => JSON.stringify({ object: 'list', data: entries }),
  malformed: 'no entry',
  wrongShapes: ['{}', '{"data": {}}', '3', '"text"', 'null'],
}

/** Amounts that are paid, free and a router's, under `pricing` by the names of input and output. */
function pricing(
  [input, output]: [string, string],
  amounts: { paid: unknown; free?: unknown; dynamic?: unknown },
): PayloadSample['prices'] {
  const stated = Object.entries(amounts).map(([state, amount]) => [
    state,
    { pricing: { [input]: amount, [output]: amount } },
  ])
  return { ...Object.fromEntries(stated), absent: { pricing: {} } }
}

const openrouterLike: PayloadSample = {
  ...inData,
  prices: pricing(['prompt', 'completion'], { paid: '0.0000025', free: '0', dynamic: '-1' }),
}

const requestyLike: PayloadSample = {
  ...inData,
  prices: {
    paid: { input_price: 0.0000025, output_price: 0.00001 },
    free: { input_price: 0, output_price: 0 },
    dynamic: { input_price: -1, output_price: -1 },
    absent: {},
  },
}

const feeItems = (rate: number) =>
  JSON.stringify([
    {
      feeItemCode: 'prompt',
      feeRecords: [{ feeRate: rate, components: [{ code: 'chargeUnit', value: 'millionTokens' }] }],
    },
  ])

const offers = (under: string, [input, output]: [string, string], rate: number) => ({
  [under]: [{ provider: 'acme', pricing: { [input]: rate, [output]: rate } }],
})

export const gatewaySamples: Record<string, PayloadSample> = {
  aihubmix: {
    ...inData,
    entry: objectWithId('model_id'),
    prices: pricing(['input', 'output'], { paid: 2.5, free: 0, dynamic: -1 }),
  },
  'cloudflare-ai-gateway': {
    ...inData,
    prices: {
      paid: { cost_in: 0.0000025, cost_out: 0.00001 },
      dynamic: { cost_in: -1, cost_out: -1 },
      absent: { cost_in: 0, cost_out: 0 },
    },
  },
  'cloudflare-workers-ai': {
    ...openrouterLike,
    payload: (entries) => JSON.stringify({ success: true, result: entries }),
  },
  edenai: {
    ...inData,
    prices: {
      paid: { list_pricing: { input_cost_per_token: 0.0000025 } },
      free: { list_pricing: { input_cost_per_token: 0, output_cost_per_token: 0 } },
      dynamic: { pricing: { input_cost_per_token: -1 } },
      absent: { pricing: {} },
    },
  },
  'github-copilot': inData,
  'github-models': { ...inData, payload: (entries) => JSON.stringify(entries) },
  helicone: {
    ...inData,
    prices: {
      paid: offers('endpoints', ['prompt', 'completion'], 2.5),
      free: offers('endpoints', ['prompt', 'completion'], 0),
      absent: { endpoints: [{ provider: 'acme' }] },
    },
    payload: (models) => JSON.stringify({ data: { models } }),
    wrongShapes: ['{}', '{"data": []}', '{"data": {}}', '[]', '3', 'null'],
  },
  huggingface: {
    ...inData,
    prices: {
      paid: offers('providers', ['input', 'output'], 2.5),
      free: offers('providers', ['input', 'output'], 0),
      absent: { providers: [] },
    },
  },
  kilo: openrouterLike,
  'litellm-proxy': {
    ...inData,
    entry: (id, more = {}) => objectWithId('model_name')(id, { model_info: { ...more } }),
    prices: {
      paid: { input_cost_per_token: 0.0000025 },
      free: { input_cost_per_token: 0 },
      dynamic: { input_cost_per_token: -1 },
      absent: {},
    },
    // Several rows with one name are deployments of one model.
    idsAreKeys: true,
  },
  llmgateway: openrouterLike,
  'nano-gpt': {
    ...inData,
    prices: pricing(['prompt', 'completion'], { paid: 2.5, free: 0, dynamic: -1 }),
  },
  portkey: {
    entry: (id, more = {}) =>
      objectWithId('id')(id, { pricing_config: { pay_as_you_go: {} }, ...more }),
    prices: {
      paid: { pricing_config: { pay_as_you_go: { request_token: { price: 0.00025 } } } },
      absent: { pricing_config: { pay_as_you_go: { request_token: { price: 0 } } } },
    },
    payload: keyedById,
    malformed: 'no entry',
    wrongShapes: ['[]', '{"data": []}', '3', 'null'],
    idsAreKeys: true,
  },
  requesty: requestyLike,
  shengsuanyun: inData,
  unbound: requestyLike,
  'vercel-ai-gateway': {
    ...inData,
    prices: pricing(['input', 'output'], { paid: '0.0000025', free: '0', dynamic: '-1' }),
  },
  zenmux: {
    ...inData,
    entry: objectWithId('slug'),
    prices: {
      paid: { variable_pricings: feeItems(2.5) },
      free: { variable_pricings: feeItems(0) },
      absent: { variable_pricings: '' },
    },
    wrongShapes: ['{}', '{"data": {}}', '{"success": false, "data": []}', '3', 'null'],
  },
}
