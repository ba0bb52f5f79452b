/**
 * Portkey's price files, one per provider, made by hand in a public repository
 * (https://github.com/Portkey-AI/models). They know prices and nothing else. Amounts are US cents.
 */
import { PlumblineError } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import { providerOfFile } from './portkey-files.ts'
import { readPortkeyPricing } from './portkey-pricing.ts'
import { objectWithout, ownEntries } from './raw-object.ts'
import {
  RejectedEntry,
  type Entry,
  type FetchPage,
  type Item,
  type ListingDraft,
  type Page,
  type ParsedPage,
  type Upstream,
} from './upstream.ts'

export const portkey = {
  id: 'portkey',
  title: 'Portkey price files',
  docs: 'https://portkey.ai/docs/product/model-catalog/portkey-models',
  url: 'https://configs.portkey.ai/pricing',
  adapterVersion: 3,
  schedule: '24h',
  rank: 4,
  authoritative: 'all',
  // As with LiteLLM's map: a row that is not in a file was taken out of it by somebody.
  complete: true,
  minimumEntries: 100,
  maxBytes: 8 * 2 ** 20,
  verified: true,
  pages,
  entries,
  listing,
} satisfies Upstream

/** One page a file. A file that is gone is a provider that is gone; any other failure ends the collect. */
async function* pages(base: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  for (const file of Object.keys(providerOfFile)) {
    const url = `${base.replace(/\/+$/, '')}/${file}.json`
    try {
      yield await fetchPage(url)
    } catch (error) {
      if (!(error instanceof PlumblineError && error.code === 'http_not_found')) throw error
    }
  }
}

function* entries({ url, json }: ParsedPage): Generator<Item> {
  const rows = isJsonObject(json) ? ownEntries(json) : []
  if (!rows.some(([, row]) => isJsonObject(row) && 'pricing_config' in row))
    throw new PlumblineError('payload_shape', `portkey did not answer with prices at ${url}.`, {
      retryable: true,
      nextStep: 'A file is {"<model>": {"pricing_config": {…}}}.',
    })
  const provider = providerOf(url)
  // `default` holds what the others leave out: formulas and zeros.
  for (const [modelId, raw] of rows)
    if (modelId !== 'default') yield { kind: 'entry', provider, modelId, raw }
}

/** Pages carry no name of their own: the address says whose prices they are. */
function providerOf(url: string): string {
  const file =
    new URL(url).pathname
      .split('/')
      .at(-1)
      ?.replace(/\.json$/, '') ?? ''
  return (Object.hasOwn(providerOfFile, file) ? providerOfFile[file] : undefined) ?? file
}

function listing({ raw, modelId }: Entry): ListingDraft {
  if (!isJsonObject(raw)) throw new RejectedEntry('not_an_object', 'The row is not an object.')
  const { prices, rest } = readPortkeyPricing(modelId, raw)
  const others = objectWithout(raw, ['pricing_config', 'custom_pricing'])
  return { fields: {}, prices, extra: { ...others, ...rest } }
}
