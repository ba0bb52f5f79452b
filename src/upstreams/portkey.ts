/**
 * Portkey's price files, one per provider, made by hand in a public repository
 * (https://github.com/Portkey-AI/models). They know prices and nothing else. Amounts are US cents.
 */
import { PlumblineError } from '../errors.ts'
import { isJsonObject, type Json } from '../json.ts'
import { idOfPortkeyName, providerOfFile } from './portkey-files.ts'
import { readPortkeyPricing } from './portkey-pricing.ts'
import { parsePayload } from './payload.ts'
import { payloadList, statedId } from './payload-list.ts'
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
  adapterVersion: 4,
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

/** What the files are published from; there is no list of them beside them. */
const repository = 'https://api.github.com/repos/Portkey-AI/models/contents/pricing'

/**
 * One page a file. One that is not found ends the collect like any other failure, unless the repository
 * no longer has it: then its provider is gone. All of them at once have moved elsewhere.
 */
async function* pages(base: string, fetchPage: FetchPage): AsyncGenerator<Page> {
  let published: ReadonlySet<string> | undefined
  let gone: unknown
  let hasAny = false
  for (const file of Object.keys(providerOfFile)) {
    const page = await fetchPage(`${base.replace(/\/+$/, '')}/${file}.json`).catch(
      async (error: unknown) => {
        if (!isNotFound(error) || !isPortkeys(base)) throw error
        published ??= await fetchPublished(fetchPage)
        if (published.has(`${file}.json`)) throw error
        gone = error
      },
    )
    if (!page) continue
    hasAny = true
    yield page
  }
  if (!hasAny) throw gone
}

function isNotFound(error: unknown): boolean {
  return error instanceof PlumblineError && error.code === 'http_not_found'
}

/** A mirror need not have what the repository has. */
function isPortkeys(base: string): boolean {
  return new URL(base).origin === 'https://configs.portkey.ai'
}

async function fetchPublished(fetchPage: FetchPage): Promise<ReadonlySet<string>> {
  const { url, body } = await fetchPage(repository)
  const json = parsePayload(body, { upstream: 'portkey' })
  const files = payloadList({ url, json, upstream: 'portkey' }, 'files')
  return new Set(files.map((file) => statedId(file, 'name')))
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
  for (const [modelId, raw] of rows) if (modelId !== 'default') yield entry(provider, modelId, raw)
}

/** `extra.key` is Portkey's own name where the provider has another. */
function entry(provider: string, key: string, raw: Json): Entry {
  const modelId = idOfPortkeyName(provider, key)
  const named = modelId !== key && isJsonObject(raw) ? { ...raw, key } : raw
  return { kind: 'entry', provider, modelId, raw: named }
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
