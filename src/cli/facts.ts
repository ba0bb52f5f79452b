/** `name   value`, one a line, for what is one thing and not a list. */
import { clean, paint, print } from './terminal.ts'

export function printFacts(facts: Readonly<Record<string, string | undefined>>): void {
  const stated = Object.entries(facts).filter(
    (fact): fact is [string, string] => fact[1] !== undefined,
  )
  const width = Math.max(...stated.map(([name]) => name.length))
  for (const [name, value] of stated) print(`${paint.dim(name.padEnd(width))}  ${clean(value)}`)
}
