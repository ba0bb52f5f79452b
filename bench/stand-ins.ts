/**
 * One server that plays every upstream of the registry: with its newest recorded payload where those lie
 * beside the project, else with the fixture that its tests use.
 */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { gzipSync } from 'node:zlib'
import { upstreams } from '../src/upstreams/registry.ts'
import { hasSharedData, readShared, sharedFiles } from '../test/support/shared-data.ts'
import { featherlessPages } from './featherless-pages.ts'
import { readPayloadFile } from './payload.ts'

export interface StandIns {
  /** By id; an upstream without any payload here is not played. */
  urls: ReadonlyMap<string, string>
  close: () => void
}

/** The body for a request below the upstream's own path; undefined = 404. */
type Play = (request: { path: string; query: URLSearchParams }) => Buffer | undefined

export async function startStandIns(): Promise<StandIns> {
  const plays = new Map(
    upstreams.flatMap(({ id }) => {
      const play = special[id]?.() ?? playList(id)
      return play ? [[id, play] as const] : []
    }),
  )
  const server = createServer((request, response) => {
    const body = answer(plays, request)
    if (body === undefined) response.writeHead(404).end()
    else {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(body)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const { port } = address
  return {
    urls: new Map(
      [...plays.keys()].map((id) => [id, `http://127.0.0.1:${port}/${id}/${listPath(id)}`]),
    ),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function answer(
  plays: ReadonlyMap<string, Play>,
  { url = '' }: IncomingMessage,
): Buffer | undefined {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const [, id = '', ...path] = pathname.split('/')
  return plays.get(id)?.({ path: path.join('/'), query: searchParams })
}

/** Adapters whose URL is the base of several. */
const bases = new Set(['ollama', 'portkey'])

function listPath(id: string): string {
  return bases.has(id) ? '' : 'models'
}

/** Those whose list is not one file behind one URL. */
const special: Readonly<Record<string, () => Play | undefined>> = {
  cohere: () => {
    const list = playList('cohere')
    const end = gzipSync('{"models": []}')
    // The recorded page is the first of more.
    return list && ((request) => (request.query.has('page_token') ? end : list(request)))
  },
  'models-dev': () => only('models', sharedText(newest('models-dev')) ?? readPayloadFile().body),
  featherless: () => {
    const pages = featherlessPages()
    return ({ query }) => pages[Number(query.get('page') ?? 1) - 1]
  },
  'github-copilot': () => {
    const list = playList('github-copilot')
    const token = gzipSync('{"token": "stand-in"}')
    return list && ((request) => (request.path === 'token' ? token : list(request)))
  },
  ollama: () => {
    const tags = gzipSync(fixture('ollama-tags') ?? '{"models": []}')
    const show = gzipSync(fixture('ollama-show') ?? '{}')
    return ({ path }) => (path === 'api/tags' ? tags : path === 'api/show' ? show : undefined)
  },
  portkey: () => {
    const folder = 'upstreams/portkey/pricing'
    const files = new Map(
      sharedFiles(folder, '.json.gz').map((file) => [
        file.replace(/\.gz$/, ''),
        gzipSync(readShared(`${folder}/${file}`)),
      ]),
    )
    const instead = files.size === 0 ? gzipSync(fixture('portkey') ?? '{}') : undefined
    return ({ path }) => files.get(path) ?? instead
  },
}

function playList(id: string): Play | undefined {
  const body = sharedText(recordings[id] ?? newestOf(id)) ?? fixture(id)
  return body === undefined ? undefined : only('models', body)
}

/** Where the last file of the upstream's folder is not its newest list. */
const recordings: Readonly<Record<string, string | undefined>> = {
  litellm: newest('upstreams/litellm/series'),
  nvidia: 'upstreams/nvidia/2026-02-24.models.json',
  openrouter: newest('upstreams/openrouter/series'),
}

function only(path: string, body: string): Play {
  const packed = gzipSync(body)
  return (request) => (request.path === path ? packed : undefined)
}

const recorded = new Set(sharedFiles('upstreams', ''))

function newestOf(id: string): string | undefined {
  return recorded.has(id) ? newest(`upstreams/${id}`) : undefined
}

function newest(folder: string): string | undefined {
  const file = sharedFiles(folder, '').findLast((name) => /\.json(\.gz)?$/.test(name))
  return file === undefined ? undefined : `${folder}/${file}`
}

function sharedText(path: string | undefined): string | undefined {
  return path === undefined || !hasSharedData ? undefined : readShared(path)
}

function fixture(id: string): string | undefined {
  const url = new URL(`../test/fixtures/upstreams/${id}.json`, import.meta.url)
  return existsSync(url) ? readFileSync(url, 'utf8') : undefined
}
