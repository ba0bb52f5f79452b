/**
 * Progress on stderr. On a terminal the lines of what is under way are redrawn below those that stay;
 * in a pipe only what stays is written, so that a log holds no animation.
 */
export interface LiveLines {
  readonly isLive: boolean
  /** A line that stays. */
  print: (line: string) => void
  /** Replaces the lines of what is under way. */
  show: (lines: readonly string[]) => void
}

const up = (lines: number) => (lines > 0 ? `\u001B[${lines}A` : '')
const clearBelow = '\r\u001B[0J'
// Without wrapping a long line is cut at the terminal's edge, so that one line stays one row.
const noWrap = '\u001B[?7l'
const wrap = '\u001B[?7h'
const defaultRows = 24

export function createLiveLines(stream: NodeJS.WriteStream = process.stderr): LiveLines {
  if (!stream.isTTY)
    return { isLive: false, print: (line) => void stream.write(`${line}\n`), show: () => undefined }
  let shown: readonly string[] = []
  const redraw = (stays: readonly string[], live: readonly string[]) => {
    const lines = live.slice(0, (stream.rows || defaultRows) - 1)
    const below = lines.map((line) => `${noWrap}${line}${wrap}\n`)
    const above = stays.map((line) => `${line}\n`)
    stream.write([up(shown.length), clearBelow, ...above, ...below].join(''))
    shown = lines
  }
  return {
    isLive: true,
    print: (line) => redraw([line], shown),
    show: (lines) => redraw([], lines),
  }
}
