import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLiveLines } from '../../src/cli/live-lines.ts'

function stream(terminal?: { rows: number }): { stream: NodeJS.WriteStream; text: () => string } {
  const written: string[] = []
  const through = new PassThrough()
  through.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  const asTerminal = Object.assign(through, { isTTY: terminal !== undefined, rows: terminal?.rows })
  return { stream: asTerminal as unknown as NodeJS.WriteStream, text: () => written.join('') }
}

/** What a terminal shows after it was told so. */
function screen(text: string): string[] {
  const lines: string[] = ['']
  let row = 0
  for (const [, up, clear, newline, rest = ''] of text
    .replaceAll('\u001B', '^')
    .matchAll(/\^\[(\d+)A|(\r\^\[0J)|(\n)|(?:\^\[\?7[lh])|([^^\r\n]+)/g)) {
    if (up !== undefined) row -= Number(up)
    else if (clear !== undefined) lines.splice(row, lines.length, '')
    else if (newline !== undefined) lines[++row] ??= ''
    else lines[row] += rest
  }
  return lines.slice(0, -1)
}

describe('live lines', () => {
  it('keep what is printed above what is redrawn', () => {
    const { stream: out, text } = stream({ rows: 10 })
    const live = createLiveLines(out)
    live.show(['a 1', 'b 1'])
    live.show(['a 2', 'b 2'])
    live.print('a is done')
    live.show(['b 3'])
    expect(screen(text())).toEqual(['a is done', 'b 3'])
    live.show([])
    expect(screen(text())).toEqual(['a is done'])
  })

  it('never show more rows than the terminal has, since what has scrolled away cannot be redrawn', () => {
    const { stream: out, text } = stream({ rows: 4 })
    const live = createLiveLines(out)
    live.show(['1', '2', '3', '4', '5'])
    live.show(['1', '2', '3', '4', '6'])
    expect(screen(text())).toEqual(['1', '2', '3'])
  })

  it('write nothing but what stays to a pipe', () => {
    const { stream: out, text } = stream()
    const live = createLiveLines(out)
    live.show(['a 1'])
    live.print('a is done')
    expect(text()).toBe('a is done\n')
  })
})
