/** The smallest payloads of the labs' own lists, for the conformance suite. */
import { objectWithId, type PayloadSample } from './conformance.ts'

const idsOnly: PayloadSample = {
  entry: objectWithId('id'),
  prices: { absent: {} },
  payload: (entries) => JSON.stringify({ object: 'list', data: entries }),
  malformed: 'no entry',
  wrongShapes: ['{}', '{"data": {}}', '3', '"text"', 'null'],
}

/** A list under `key` whose entries have their id under `idKey`, behind `prefix`. */
function listOf(key: string, idKey: string, prefix = ''): PayloadSample {
  return {
    ...idsOnly,
    entry: (id, more) => objectWithId(idKey)(`${prefix}${id}`, more),
    payload: (entries) => JSON.stringify({ [key]: entries }),
    wrongShapes: ['{}', `{"${key}": {}}`, '3', 'null'],
  }
}

const dashscopePrice = (...prices: [type: string, price: string][]) => ({
  prices: [
    {
      range_name: 'Default',
      prices: prices.map(([type, price]) => ({ type, price, price_unit: 'Per 1M tokens' })),
    },
  ],
})

const dashscope: PayloadSample = {
  ...listOf('models', 'model'),
  prices: {
    paid: dashscopePrice(['input_token', '2.5'], ['output_token', '10']),
    free: dashscopePrice(['input_token', '0'], ['output_token', '0']),
    absent: { prices: [] },
  },
  payload: (models) => JSON.stringify({ success: true, output: { total: models.length, models } }),
  wrongShapes: ['{}', '{"output": {}}', '{"output": []}', '3', 'null'],
}

export const labSamples: Record<string, PayloadSample> = {
  ai21: idsOnly,
  alibaba: dashscope,
  'alibaba-cn': dashscope,
  anthropic: idsOnly,
  cohere: listOf('models', 'name'),
  deepseek: idsOnly,
  google: listOf('models', 'name', 'models/'),
  'google-vertex': listOf('publisherModels', 'name', 'publishers/google/models/'),
  llama: idsOnly,
  meta: idsOnly,
  minimax: idsOnly,
  mistral: idsOnly,
  moonshotai: idsOnly,
  openai: idsOnly,
  perplexity: idsOnly,
  xai: {
    ...idsOnly,
    prices: {
      paid: { prompt_text_token_price: 12500, completion_text_token_price: 25000 },
      absent: { prompt_text_token_price: 0 },
    },
  },
  xiaomi: idsOnly,
  zai: idsOnly,
}
