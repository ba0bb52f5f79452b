import { canonicalJson, isJsonObject, type Json } from '../../src/json.ts'

/** Every difference as `path: expected → got`; numbers are compared by their digits, keys in any order. */
export function jsonDifferences(
  expected: Json | undefined,
  got: Json | undefined,
  path = '$',
): string[] {
  if (isJsonObject(expected) && isJsonObject(got)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(got)])
    return [...keys].flatMap((key) =>
      jsonDifferences(own(expected, key), own(got, key), `${path}.${key}`),
    )
  }
  const [left, right] = [show(expected), show(got)]
  return left === right ? [] : [`${path}: ${left} → ${right}`]
}

function own(object: { [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function show(value: Json | undefined): string {
  return value === undefined ? '(absent)' : canonicalJson(value)
}
