/** The tables of docs/prices.md. A meter or a part of a component that has no line here does not compile. */
import {
  componentKey,
  isTokenMeter,
  Meter,
  type PriceComponent,
  type units,
} from '../src/catalog/price.ts'
import { code, markdownTable } from './markdown-table.ts'

const meters: Record<Meter, string> = {
  input: 'the prompt; text where media have prices of their own',
  output: 'the answer',
  reasoning: 'tokens of thinking, where they do not cost what the answer does',
  cache_read: 'prompt that was found in the cache',
  cache_write: 'prompt that is put into the cache',
  input_audio: 'sound in the prompt',
  output_audio: 'sound in the answer',
  cache_read_audio: 'sound that was found in the cache',
  cache_write_audio: 'sound that is put into the cache',
  input_image: 'images in the prompt',
  output_image: 'images in the answer',
  input_video: 'video in the prompt',
  output_video: 'video in the answer',
  citation: 'what the answer cites',
  request: 'a request, whatever it has in it',
  web_search: 'a search of the web',
  input_image_each: 'an image in the prompt',
  output_image_each: 'an image that is made',
  input_audio_time: 'sound that is heard',
  output_audio_time: 'sound that is spoken',
  input_video_time: 'video that is seen',
  output_video_time: 'video that is made',
  input_time: 'time that the model works on the prompt, or that is reserved',
  output_time: 'time that the model works on the answer, or that is reserved',
  input_character: 'a character of the prompt',
  output_character: 'a character of the answer',
  input_pixel: 'a pixel of the prompt',
  output_pixel: 'a pixel of an image that is made',
  query: 'a query of a reranker or a search engine',
  page: 'a page of a document',
  session: 'a session of a tool',
  compute_time: 'time of the machine',
}

const unitNames: Record<(typeof units)[number], string> = {
  mtok: 'a million tokens',
  each: 'a piece',
  second: 'a second',
  hour: 'an hour',
  character: 'a character',
  pixel: 'a pixel',
  gb_day: 'a gigabyte for a day',
}

export function renderMeters(): string {
  return markdownTable(
    ['Meter', 'Amount is for', 'What is counted'],
    Meter.options.map((meter) => [
      code(meter),
      isTokenMeter(meter) ? unitNames.mtok : 'its `unit`',
      meters[meter],
    ]),
  )
}

type Part = Exclude<keyof PriceComponent, 'meter' | 'amount'>

const parts: Record<Part, { example: Partial<PriceComponent>; about: string }> = {
  mode: {
    example: { mode: 'batch' },
    about:
      'How the request is served: `batch`, `flex`, `priority`, `fast`, `thinking`, …; `1-month-commitment` is throughput that is reserved. Absent: the standard mode.',
  },
  ttl: {
    example: { meter: 'cache_write', ttl: '1h' },
    about:
      'How long an entry of the cache lives: `5m`, `1h`. Absent: the upstream does not say; where it matters, it is five minutes.',
  },
  minTokens: {
    example: { minTokens: 200_000 },
    about:
      'A tier: applies when all tokens of the prompt, cached ones included, are **more** than this. Absent: the base.',
  },
  tierSemantics: {
    example: { minTokens: 200_000, tierSemantics: 'marginal' },
    about:
      'Absent: a cliff, above the bound the whole request costs this. `marginal`: only the tokens above the bound do. No upstream is marginal yet.',
  },
  region: {
    example: { region: 'eu-west-2' },
    about:
      'Where the request is served, in the provider’s own word: `eu-west-2`, `eu`, `global`. Absent: no region is named; the price of a region never stands in for that.',
  },
  window: {
    example: { window: { from: '16:30', to: '00:30', days: [1, 2, 3, 4, 5] } },
    about:
      'Hours in UTC, the first included and the last not; with the weekdays (1 = Monday) before the `@`. After midnight a window belongs to the day on which it began; equal bounds are all day. Absent: all other hours. In an open window its price replaces the usual one, tiers included.',
  },
  from: {
    example: { from: '2027-01-01' },
    about: 'Announced: applies from this day on (UTC).',
  },
  until: {
    example: { until: '2027-01-01' },
    about: 'Announced: applies until the day before.',
  },
  variant: {
    example: { meter: 'web_search', unit: 'each', variant: 'high' },
    about: 'Any other circumstance, in the upstream’s words: a size, a quality, `per_prompt`.',
  },
  unit: {
    example: { meter: 'output_video_time', unit: 'second' },
    about: `What the amount is for where it is not tokens: ${Object.keys(unitNames)
      .filter((unit) => unit !== 'mtok')
      .map(code)
      .join(', ')}.`,
  },
}

export function renderCircumstances(): string {
  return markdownTable(
    ['Part', 'In a key', 'Meaning'],
    Object.entries(parts).map(([part, { example, about }]) => [
      code(part),
      code(componentKey({ meter: 'input', amount: '0', ...example })),
      about,
    ]),
  )
}
