/** How a mirror reads models: all of them page by page, or some by their ids. Each answer is of one version. */
import { ApiError, type Api } from './api.ts'
import type { CatalogModel } from './models.ts'

export interface ModelsAt {
  version: number
  models: CatalogModel[]
}

export interface ModelReader {
  /** Those that are served, of a provider or (null) of all; pages may be of different versions. */
  list(provider: string | null): AsyncGenerator<ModelsAt>
  /** Some hundreds, in several answers. Retired ones are among them; what is not there is left out. */
  batches(ids: readonly string[], minVersion: number): AsyncGenerator<ModelsAt & { ids: string[] }>
}

const modelsPerPage = 500
const idsPerBatch = 100
/** Servers and proxies refuse longer request lines. */
const longestQuery = 6000
/** A connection that was kept open may be dead without a word: the second attempt makes a new one. */
const answerWithinMs = { first: 3000, second: 20_000 } as const

export function createModelReader(api: Api, closed: AbortSignal): ModelReader {
  async function readWithin(ms: number, path: string): Promise<Page> {
    const signal = AbortSignal.any([closed, AbortSignal.timeout(ms)])
    const response = await api.get(path, { accept: 'application/json', signal })
    return readPage(await response.json())
  }

  async function read(path: string): Promise<Page> {
    try {
      return await readWithin(answerWithinMs.first, path)
    } catch (error) {
      if (closed.aborted || !isTimeout(error)) throw error
      return readWithin(answerWithinMs.second, path)
    }
  }

  return {
    async *list(provider) {
      const query = new URLSearchParams({ limit: String(modelsPerPage) })
      if (provider !== null) query.set('provider', provider)
      for (let next: string | null = ''; next !== null;) {
        if (next !== '') query.set('cursor', next)
        const page = await read(`api/v1/models?${query.toString()}`)
        yield page
        next = page.next
      }
    },
    async *batches(ids, minVersion) {
      for (const batch of inBatches(ids)) {
        const named = batch.map((id) => `id=${encodeURIComponent(id)}`).join('&')
        yield {
          ids: batch,
          ...(await read(`api/v1/models/batch?${named}&min_version=${minVersion}`)),
        }
      }
    },
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

interface Page extends ModelsAt {
  /** Null: it is the last one. */
  next: string | null
}

/** Throws ApiError for what is no page of models. */
function readPage(answer: unknown): Page {
  if (typeof answer !== 'object' || !answer) throw notOurs()
  const { version, models, next = null } = answer as Record<string, unknown>
  if (!Number.isSafeInteger(version) || !isModels(models)) throw notOurs()
  return { version: Number(version), models, next: typeof next === 'string' ? next : null }
}

function isModels(list: unknown): list is CatalogModel[] {
  return (
    Array.isArray(list) &&
    list.every((model: unknown) => typeof model === 'object' && model && 'id' in model)
  )
}

function notOurs(): ApiError {
  return new ApiError(200, 'The answer is no page of models: is the URL right?', undefined)
}

function* inBatches(ids: readonly string[]): Generator<string[]> {
  let batch: string[] = []
  let length = 0
  for (const id of ids) {
    const own = encodeURIComponent(id).length + 4
    if (batch.length === idsPerBatch || (length + own > longestQuery && batch.length > 0)) {
      yield batch
      batch = []
      length = 0
    }
    batch.push(id)
    length += own
  }
  if (batch.length > 0) yield batch
}
