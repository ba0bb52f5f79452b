/** Sending one request and following what may be followed, up to the headers of the answer. */
import { request as send, type Agent, type Dispatcher } from 'undici'
import { errorReason, networkError } from './network-errors.ts'
import { header, redirectError, type RequestSubject } from './response-errors.ts'

export interface RequestPlan {
  url: URL
  method: 'GET' | 'POST'
  body: string | null
  headers: Record<string, string>
  agent: Agent
  signal: AbortSignal
  subject: RequestSubject
}

export interface Answer extends Dispatcher.ResponseData {
  url: URL
}

const maxRedirects = 2
const redirectStatuses = new Set([301, 302, 303, 307, 308])

/** Follows redirects inside the same origin only: elsewhere the key would go to a stranger. */
export async function askFollowing(plan: RequestPlan): Promise<Answer> {
  let { url } = plan
  for (let hops = 0; ; hops++) {
    const answer = await ask(url, plan)
    if (!redirectStatuses.has(answer.statusCode)) return { ...answer, url }
    discard(answer)
    const target = redirectTarget(answer, url)
    const isFollowed = target?.origin === url.origin && plan.method === 'GET' && hops < maxRedirects
    if (!target || !isFollowed) throw redirectError(target, answer.statusCode, plan.subject)
    url = target
  }
}

function redirectTarget({ headers }: Dispatcher.ResponseData, from: URL): URL | undefined {
  const location = header(headers, 'location')
  return location === undefined ? undefined : (URL.parse(location, from.href) ?? undefined)
}

/**
 * The server may close an idle connection in the moment in which it is used again; the request was then
 * not read by anybody, and a GET is sent a second time at once.
 */
async function ask(url: URL, plan: RequestPlan): Promise<Dispatcher.ResponseData> {
  const { method, body, headers, agent: dispatcher, signal } = plan
  const attempt = () => send(url, { method, body, headers, dispatcher, signal })
  try {
    return await attempt().catch((error: unknown) => {
      const wasReset = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(errorReason(error) ?? '')
      if (!wasReset || method !== 'GET' || signal.aborted) throw error
      return attempt()
    })
  } catch (error) {
    throw networkError(error, 'before headers', plan.subject)
  }
}

/** Closes the connection instead of reading what nobody needs: such a body may never end. */
export function discard({ body }: Pick<Dispatcher.ResponseData, 'body'>): void {
  body.on('error', () => {}).destroy()
}
