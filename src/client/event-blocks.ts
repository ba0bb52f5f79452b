/**
 * Server-sent events as they are read from a connection
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
 */
export interface EventBlock {
  id?: string
  event?: string
  data?: string
  /** What a line that begins with a colon says; of several the last. */
  comment?: string
  retryMs?: number
}

export interface BlockReader {
  /** The blocks that are complete with this chunk. */
  push: (chunk: Uint8Array) => EventBlock[]
}

/** No event of the catalog is as large by far. */
const longestBlock = 16 * 1024 * 1024

/** Chunks may end anywhere, in the middle of a character too. Throws RangeError for a block without end. */
export function createBlockReader(): BlockReader {
  const decoder = new TextDecoder()
  let rest = ''
  let half = ''
  return {
    push(chunk) {
      const text = half + decoder.decode(chunk, { stream: true })
      // A carriage return at the end may be the first half of a line's end.
      half = text.endsWith('\r') ? '\r' : ''
      rest += text.slice(0, text.length - half.length).replaceAll(/\r\n?/g, '\n')
      if (rest.length > longestBlock) throw new RangeError('An event without end was sent.')
      const parts = rest.split('\n\n')
      rest = parts.pop() ?? ''
      return parts.map(readBlock)
    },
  }
}

function readBlock(text: string): EventBlock {
  const block: EventBlock = {}
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === '' && colon === 0) block.comment = value
    else if (name === 'data')
      block.data = block.data === undefined ? value : `${block.data}\n${value}`
    else if (name === 'id' || name === 'event') block[name] = value
    else if (name === 'retry' && /^\d+$/.test(value)) block.retryMs = Number(value)
  }
  return block
}
