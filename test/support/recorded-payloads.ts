/** The payloads that upstreams answered with and somebody recorded, by upstream. */
import { readFileSync } from 'node:fs'
import { parseJson } from '../../src/json.ts'
import type { ParsedPage, Upstream } from '../../src/upstreams/upstream.ts'
import { readPayload, type ReadPayload } from './catalog-of.ts'
import { readShared, sharedFiles } from './shared-data.ts'

/** Files that no server of the upstream has answered with, and why they lie beside those that it has. */
const notAnswers: Readonly<Record<string, string>> = {
  'genai-prices/2026-08-21.data.json': 'the format before the one that is read',
  'genai-prices/2026-08-21.data_slim.json': 'a shorter edition of it',
  'nvidia/2026-08-22.ids-by-category.json': 'ids that somebody sorted into groups',
  'ollama/2025-07-25.ollama.json': 'another path of it: /v1/models, which openai-compatible reads',
  'portkey/pricing/sagemaker.json.gz': 'a file without prices, which is not asked for',
  'portkey/pricing/segmind.json.gz': 'likewise',
  'portkey/gateway.models.json.gz': 'the list of the gateway, which has no prices',
  'openrouter/2026-05-15.models-dev-root.models.json.gz': 'an import of models.dev',
}

export interface RecordedPayload {
  /** The upstream's id. */
  folder: string
  /** Under ../shared/data/upstreams. */
  file: string
}

export const recordedFolders = sharedFiles('upstreams', '').filter((name) => !name.includes('.'))

/** All of them, but of a series the newest only. */
export const recordedPayloads: readonly RecordedPayload[] = recordedFolders.flatMap((folder) => [
  ...namesIn(folder, ''),
  ...(folder === 'litellm' ? namesIn(folder, 'series/').slice(-1) : []),
  ...(folder === 'openrouter' ? namesIn(folder, 'series/').slice(-1) : []),
  ...(folder === 'portkey' ? namesIn(folder, 'pricing/') : []),
])

function namesIn(folder: string, inside: string): RecordedPayload[] {
  return sharedFiles(`upstreams/${folder}/${inside}`, '')
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .map((name) => ({ folder, file: `${folder}/${inside}${name}` }))
    .filter(({ file }) => !Object.hasOwn(notAnswers, file))
}

/** Reads a file under ../shared/data, or under test/ where it begins with `fixtures/`. */
export function readRecorded(upstream: Upstream, file: string): ReadPayload {
  return readPayload({ ...upstream, url: addressOf(upstream, file) }, textOf(file))
}

/** The same without making anything of its entries. */
export function readRecordedJson(
  upstream: Upstream,
  file: string,
): Pick<ParsedPage, 'url' | 'json'> {
  return { url: addressOf(upstream, file), json: parseJson(textOf(file)) }
}

function textOf(file: string): string {
  return file.startsWith('fixtures/')
    ? readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    : readShared(file)
}

/** Portkey's pages are files whose address says whose prices they have. */
function addressOf({ url }: Upstream, file: string): string {
  const [, name] = /portkey\/pricing\/(.+)\.json\.gz$/.exec(file) ?? []
  return name === undefined ? url : `${url}/${name}.json`
}
