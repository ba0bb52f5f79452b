/**
 * The members of a JSON object as they stand in its text. Parsing megabytes at once would stop a process
 * for a tenth of a second, and parsing to numbers and back would lose digits: here each member stays text
 * until somebody wants it.
 */
const token = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^"[\]{}]+/gsy

/** In order: key and text of the value. The text must be that of a valid object. */
export function* jsonMembers(text: string): Generator<[key: string, value: string]> {
  let depth = 0
  let key: string | undefined
  let valueStart = 0
  for (const { 0: part, index } of text.matchAll(token)) {
    if (part === '{' || part === '[') depth += 1
    else if (part === '}' || part === ']') depth -= 1
    const isString = part.startsWith('"')
    if (depth === 1 && key === undefined && isString) {
      key = String(JSON.parse(part))
      valueStart = text.indexOf(':', index + part.length) + 1
    } else if (key !== undefined && (depth === 0 || (depth === 1 && !isString))) {
      const end = depth === 0 ? index : endOfValue(part, index, valueStart)
      if (end === undefined) continue
      yield [key, text.slice(valueStart, end).trim()]
      key = undefined
    }
  }
}

/** Where the comma stands that ends the value, if this part has it. */
function endOfValue(part: string, index: number, valueStart: number): number | undefined {
  const comma = part.indexOf(',', Math.max(0, valueStart - index))
  return comma === -1 ? undefined : index + comma
}
