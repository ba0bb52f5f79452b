/** A client of the event stream that keeps everything as it came, and may stop reading. */
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

export interface Block {
  id?: string
  event?: string
  data?: string
  comment?: string
  retry?: string
}

export interface EventSourceClient {
  status: number
  headers: IncomingHttpHeaders
  /** Everything so far. */
  blocks: Block[]
  /** Versions of events of change so far. */
  readonly versions: () => number[]
  readonly isEnded: () => boolean
  /** The socket is not read any more. */
  pause: () => void
  resume: () => void
  close: () => void
}

/** Resolves when the headers are there. */
export async function openEvents(
  url: string,
  headers: Record<string, string> = {},
): Promise<EventSourceClient> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const request = get(url, { headers, agent: false }, resolve)
  request.on('error', reject)
  const response = await promise
  const blocks: Block[] = []
  let rest = ''
  let isEnded = false
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    blocks.push(...parts.map(readBlock))
  })
  response.on('error', () => undefined)
  response.on('close', () => (isEnded = true))
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    blocks,
    versions: () =>
      blocks
        .filter(({ event }) => event === 'plumbline.catalog.changed')
        .map(({ id }) => Number(id)),
    isEnded: () => isEnded,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => request.destroy(),
  }
}

function readBlock(text: string): Block {
  const block: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    block[line.slice(0, colon) || 'comment'] = line.slice(colon + 1).trimStart()
  }
  return block
}
