/** A picture for a provider where tools ask for one: its first letters in a square, made here. */
import { hash } from 'node:crypto'

/** SVG text. The colour follows from the id, so that it stays the same. Ids are of letters, digits, `.`, `_`, `-`. */
export function renderLogo(id: string): string {
  const words = id.split(/[^a-z\d]+/i).filter((word) => word !== '')
  const [first = '?'] = words
  const letters =
    words.length > 1
      ? words
          .slice(0, 2)
          .map((word) => word.slice(0, 1))
          .join('')
      : first.slice(0, 2)
  const hue = Number.parseInt(hash('sha256', id, 'hex').slice(0, 4), 16) % 360
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40" role="img">' +
    `<title>${id}</title>` +
    `<rect width="40" height="40" rx="8" fill="hsl(${hue} 45% 35%)"/>` +
    '<text x="20" y="21" fill="#fff" font-family="sans-serif" font-size="17" font-weight="600"' +
    ` text-anchor="middle" dominant-baseline="middle">${letters.toUpperCase()}</text></svg>`
  )
}
