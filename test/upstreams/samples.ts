/** The smallest payloads of every upstream of the registry, by id. */
import { keyedById, objectWithId, type PayloadSample } from './conformance.ts'
import { gatewaySamples } from './samples-gateways.ts'
import { hostSamples } from './samples-hosts.ts'
import { labSamples } from './samples-labs.ts'

export const inData: Pick<PayloadSample, 'entry' | 'payload' | 'malformed' | 'wrongShapes'> = {
  entry: objectWithId('id'),
  payload: (entries) => JSON.stringify({ data: entries }),
  malformed: 'no entry',
  wrongShapes: ['{}', '{"data": {}}', '3', '"text"', 'null'],
}

export const samples: Record<string, PayloadSample> = {
  ...gatewaySamples,
  ...hostSamples,
  ...labSamples,
  'genai-prices': {
    entry: objectWithId('id'),
    prices: {
      paid: { prices: { input_mtok: 2.5, output_mtok: 10 } },
      free: { prices: { input_mtok: 0, output_mtok: 0 } },
      absent: { prices: {} },
    },
    payload: (entries) => JSON.stringify([{ id: 'openai', name: 'OpenAI', models: entries }]),
    malformed: 'no entry',
    wrongShapes: ['{}', '{"openai": []}', '3', 'null'],
  },
  litellm: {
    entry: (id, more = {}) => objectWithId('id')(id, { litellm_provider: 'openai', ...more }),
    prices: {
      paid: { input_cost_per_token: 0.0000025 },
      free: { input_cost_per_token: 0 },
      dynamic: { input_cost_per_token: -1 },
      absent: {},
    },
    payload: keyedById,
    malformed: 'no entry',
    wrongShapes: ['[]', '{"data": []}', '3', 'null'],
    idsAreKeys: true,
  },
  'models-dev': {
    entry: objectWithId('id'),
    prices: {
      paid: { cost: { input: 2.5 } },
      free: { cost: { input: 0 } },
      dynamic: { cost: { input: -1 } },
      absent: {},
    },
    payload: (entries) => `{"acme":{"id":"acme","models":${keyedById(entries)}}}`,
    malformed: 'no entry',
    wrongShapes: ['[]', '{"data": []}', '3', 'null'],
    idsAreKeys: true,
  },
  ollama: {
    ...inData,
    entry: objectWithId('name'),
    prices: { absent: {} },
    payload: (entries) => JSON.stringify({ models: entries }),
    wrongShapes: ['{}', '{"models": {}}', '3', 'null'],
  },
  openrouter: {
    ...inData,
    prices: {
      paid: { pricing: { prompt: '0.0000025', completion: '0.00001', request: '0' } },
      free: { pricing: { prompt: '0', completion: '0', request: '0', image: '0' } },
      dynamic: { pricing: { prompt: '-1', completion: '-1' } },
      absent: { pricing: {} },
    },
  },
}
