/** Limits and dates that stand for "not known", or for another limit than their name says. */
import type { Sentinel } from './sentinels.ts'

const unannounced = { unknown: ['deprecatedAt'] } as const
const undated = { unknown: ['releaseDate'] } as const

export const sentinelLimits: readonly Sentinel[] = [
  {
    upstream: 'nebius',
    means: 'a window of 8000 is a placeholder',
    raw: { context_length: 8000 },
    listing: { unknown: ['contextWindow'], kept: { context_length: 8000 } },
  },
  {
    upstream: 'aihubmix',
    means: 'an answer as long as the window is not known',
    raw: { context_length: 8192, max_output: 8192 },
    listing: {
      fields: { contextWindow: 8192 },
      unknown: ['maxOutputTokens'],
      kept: { max_output: 8192 },
    },
  },
  {
    upstream: 'aihubmix',
    means: 'an answer of 0 is not known',
    raw: { context_length: 8192, max_output: 0 },
    listing: { unknown: ['maxOutputTokens'], kept: { max_output: 0 } },
  },
  {
    upstream: 'deepinfra',
    means: 'max_tokens is the window, in its list for OpenAI’s clients',
    raw: { metadata: { context_length: 163_840, max_tokens: 163_840 } },
    listing: { fields: { contextWindow: 163_840 }, unknown: ['maxOutputTokens'] },
  },
  {
    upstream: 'deepinfra',
    means: 'max_tokens is the window, in its own list',
    raw: { model_name: 'one', max_tokens: 163_840 },
    listing: { fields: { contextWindow: 163_840 }, unknown: ['maxOutputTokens'] },
  },
  {
    upstream: 'cohere',
    means: 'a window of 0 is not known',
    raw: { context_length: 0 },
    listing: { unknown: ['contextWindow'], kept: { context_length: 0 } },
  },
  {
    upstream: 'ovhcloud',
    means: 'a window of 0 is not known',
    raw: { context_length: 0 },
    listing: { unknown: ['contextWindow'], kept: { context_length: 0 } },
  },
  {
    upstream: 'together',
    means: 'a window of 0 is not known',
    raw: { context_length: 0 },
    listing: { unknown: ['contextWindow'], kept: { context_length: 0 } },
  },
  {
    upstream: 'digitalocean',
    means: 'a window below 0 is not known',
    raw: { context_window: -1 },
    listing: { unknown: ['contextWindow'], kept: { context_window: -1 } },
  },
  {
    upstream: 'requesty',
    means: 'an answer of 0 is not known',
    raw: { max_output_tokens: 0 },
    listing: { unknown: ['maxOutputTokens'], kept: { max_output_tokens: 0 } },
  },
  {
    upstream: 'google',
    means: 'an answer of 0 is not known',
    raw: { outputTokenLimit: 0 },
    listing: { unknown: ['maxOutputTokens'], kept: { outputTokenLimit: 0 } },
  },
  {
    upstream: 'google',
    means: 'an answer of 1 token is an embedding',
    raw: { outputTokenLimit: 1, supportedGenerationMethods: ['embedContent'] },
    listing: {
      fields: { type: 'embedding' },
      unknown: ['maxOutputTokens'],
      kept: { outputTokenLimit: 1 },
    },
  },
  {
    upstream: 'deepinfra',
    means: 'created in 1970 is not known',
    raw: { created: 0 },
    listing: undated,
  },
  {
    upstream: 'mistral',
    means: 'created is the second of the answer',
    raw: { created: 1_753_425_600 },
    listing: undated,
  },
  {
    upstream: 'chutes',
    means: 'created is the second of the answer',
    raw: { created: 1_753_425_600 },
    listing: undated,
  },
  {
    upstream: 'pioneer',
    means: 'the day of creation is a placeholder',
    raw: { created: 1_700_000_000 },
    listing: undated,
  },
  {
    upstream: 'openrouter',
    means: 'the end of 2098 is not in sight',
    raw: { expiration_date: '2098-12-31' },
    listing: { ...unannounced, kept: { expiration_date: '2098-12-31' } },
  },
  {
    upstream: 'openrouter',
    means: 'a day that is over is the day on which it went',
    raw: { expiration_date: '2026-05-15' },
    listing: { fields: { deprecatedAt: '2026-05-15' } },
  },
  {
    upstream: 'ambient',
    means: 'the end of 2099 is not in sight',
    raw: { deprecation_date: '2099-12-31' },
    listing: { ...unannounced, kept: { deprecation_date: '2099-12-31' } },
  },
  {
    upstream: 'litellm',
    means: 'the end of 2099 is not in sight',
    raw: { deprecation_date: '2099-12-31' },
    listing: { ...unannounced, kept: { deprecation_date: '2099-12-31' } },
  },
  {
    upstream: 'mistral',
    means: 'the end of 2099 is not in sight',
    raw: { deprecation: '2099-12-31T00:00:00Z' },
    listing: unannounced,
  },
  {
    upstream: 'deepinfra',
    means: 'a second in the future is announced',
    raw: { model_name: 'one', deprecated: 1_830_211_200 },
    listing: { fields: { deprecatedAt: '2027-12-31' } },
  },
  {
    upstream: 'deepinfra',
    means: 'a second in the past is the day on which it went',
    raw: { model_name: 'one', deprecated: 1_735_603_200 },
    listing: { fields: { deprecatedAt: '2024-12-31' } },
  },
  {
    upstream: 'deepinfra',
    means: 'a second of 2099 is not in sight',
    raw: { model_name: 'one', deprecated: 4_102_358_400 },
    listing: { ...unannounced, kept: { deprecated: 4_102_358_400 } },
  },
  {
    upstream: 'fireworks',
    means: 'the parts of a day are a day in UTC',
    raw: { deprecationDate: { year: 2026, month: 3, day: 1 } },
    listing: { fields: { deprecatedAt: '2026-03-01' } },
  },
  {
    upstream: 'models-dev',
    means: 'a word is no day, nor is the 30th of February',
    raw: { release_date: 'soon', last_updated: '2026-02-30' },
    listing: {
      unknown: ['releaseDate', 'lastUpdated'],
      kept: { release_date: 'soon', last_updated: '2026-02-30' },
    },
  },
  {
    upstream: 'fireworks',
    means: 'a day that is 0 is none',
    raw: { deprecationDate: { year: 2026, month: 3, day: 0 } },
    listing: unannounced,
  },
  {
    upstream: 'venice',
    means: 'the day under deprecation is announced',
    raw: { model_spec: { deprecation: { date: '2026-10-01T00:00:00.000Z' } } },
    listing: { fields: { deprecatedAt: '2026-10-01' } },
  },
]
