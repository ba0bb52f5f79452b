/** The API over HTTP, with nothing but Node's own fetch. */
export interface ApiOptions {
  /** Where the API is reached, e.g. `https://plumbline.example`. */
  url: string
  /** `plb_…`, or a token. Without it the catalog is seen as everybody sees it. */
  apiKey?: string
}

export interface Api {
  /** Throws ApiError for what is not 2xx, and what fetch throws. The path begins without a slash. */
  get: (path: string, options: GetOptions) => Promise<Response>
}

export interface GetOptions {
  accept: string
  headers?: Record<string, string>
  signal: AbortSignal
}

/** The API answered, and not with what was asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** It asked to be left alone for so long. */
  readonly retryAfterMs: number | undefined

  constructor(status: number, message: string, retryAfterMs: number | undefined) {
    super(message)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** Throws TypeError for a URL that is none. */
export function createApi({ url, apiKey }: ApiOptions): Api {
  const base = new URL(url)
  if (!/^https?:$/.test(base.protocol)) throw new TypeError(`${url} is no http(s) URL`)
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const authorization = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  return {
    async get(path, { accept, headers = {}, signal }) {
      const response = await fetch(new URL(path, base), {
        headers: { accept, ...authorization, ...headers },
        cache: 'no-store',
        signal,
      })
      if (response.ok) return response
      throw new ApiError(response.status, await describe(response), readRetryAfter(response))
    },
  }
}

async function describe(response: Response): Promise<string> {
  const body = await response.text().catch(() => '')
  const { pathname } = new URL(response.url)
  return `${pathname} answered ${response.status}: ${detailOf(body)}`
}

/** What a problem document says; else the beginning of what came. */
function detailOf(body: string): string {
  try {
    const problem: unknown = JSON.parse(body)
    if (typeof problem === 'object' && problem && 'detail' in problem) return String(problem.detail)
  } catch {
    // No problem document: a proxy's page, or nothing.
  }
  return body.slice(0, 200)
}

function readRetryAfter({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}
