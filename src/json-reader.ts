/**
 * Reads JSON three times as fast as `JSON.parse` with a reviver does, which is what numbers with all
 * their digits would need otherwise (json.ts). It takes exactly what the grammar allows: for anything
 * else it gives up, and `JSON.parse` says what is wrong.
 */

/** The text that an object was read from, for objects whose text is long. */
export type JsonSources = ReadonlyMap<object, string>

/** Undefined: the text is not JSON, or is nested too deeply for this reader. */
export function readJson(
  text: string,
  toNumber: (source: string) => unknown,
): { value: unknown; sources: JsonSources } | undefined {
  try {
    const reader = new JsonReader(text, toNumber)
    return { value: reader.read(), sources: reader.sources }
  } catch (error) {
    if (error instanceof NotRead || error instanceof RangeError || error instanceof SyntaxError)
      return undefined
    throw error
  }
}

class NotRead extends Error {}

const [quote, comma, colon, backslash] = [0x22, 0x2c, 0x3a, 0x5c]
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]
const [zero, nine] = [0x30, 0x39]
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// oxlint-disable-next-line no-control-regex
const controlPattern = /[\u0000-\u001f]/g
/** Every number of so many digits is a safe integer. */
const safeDigits = 15
/** What is shorter is as quickly written anew as it is remembered. */
const longSource = 200

class JsonReader {
  readonly #text: string
  readonly #toNumber: (source: string) => unknown
  #at = 0
  /** The next one at or after the string that is read: looked for once, not in every string. */
  #backslash: number
  #control: number
  /** Which key came after which: objects of one kind mostly have the same keys in the same order. */
  readonly #nextKeys = new Map<string, string>()
  readonly sources = new Map<object, string>()

  constructor(text: string, toNumber: (source: string) => unknown) {
    this.#text = text
    this.#toNumber = toNumber
    this.#backslash = this.#findBackslash(0)
    this.#control = this.#findControl(0)
  }

  read(): unknown {
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length) throw new NotRead()
    return value
  }

  #value(): unknown {
    this.#space()
    switch (this.#text.charCodeAt(this.#at)) {
      case quote:
        return this.#string()
      case openObject:
        return this.#object()
      case openArray:
        return this.#array()
      case 0x74:
        return this.#literal('true', true)
      case 0x66:
        return this.#literal('false', false)
      case 0x6e:
        return this.#literal('null', null)
      default:
        return this.#number()
    }
  }

  #object(): object {
    const object: Record<string, unknown> = {}
    const start = this.#at++
    if (this.#ends(closeObject)) return object
    let key = ''
    do {
      this.#space()
      key = this.#key(key)
      this.#space()
      if (this.#text.charCodeAt(this.#at++) !== colon) throw new NotRead()
      const value = this.#value()
      // An own property like any other, as JSON.parse makes it.
      if (key === '__proto__')
        Object.defineProperty(object, key, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        })
      else object[key] = value
    } while (this.#goesOn(closeObject))
    if (this.#at - start >= longSource) this.sources.set(object, this.#text.slice(start, this.#at))
    return object
  }

  #array(): unknown[] {
    const items: unknown[] = []
    this.#at++
    if (this.#ends(closeArray)) return items
    do items.push(this.#value())
    while (this.#goesOn(closeArray))
    return items
  }

  #ends(close: number): boolean {
    this.#space()
    if (this.#text.charCodeAt(this.#at) !== close) return false
    this.#at++
    return true
  }

  #goesOn(close: number): boolean {
    this.#space()
    const code = this.#text.charCodeAt(this.#at++)
    if (code === comma) return true
    if (code === close) return false
    throw new NotRead()
  }

  /** A key that is where it is expected need not be cut out and looked up again. */
  #key(before: string): string {
    const start = this.#at + 1
    if (this.#text.charCodeAt(this.#at) !== quote) throw new NotRead()
    const expected = this.#nextKeys.get(before)
    if (expected !== undefined && this.#text.startsWith(expected, start)) {
      const end = start + expected.length
      if (this.#text.charCodeAt(end) === quote) {
        this.#at = end + 1
        return expected
      }
    }
    const key = this.#string()
    // With escapes it is longer in the text than it is: such a key cannot be compared with the text.
    if (this.#at - 1 - start === key.length) this.#nextKeys.set(before, key)
    return key
  }

  #string(): string {
    const start = this.#at + 1
    const end = this.#text.indexOf('"', start)
    if (this.#backslash < start) this.#backslash = this.#findBackslash(start)
    if (this.#control < start) this.#control = this.#findControl(start)
    if (end === -1 || this.#control < end) throw new NotRead()
    if (this.#backslash < end) return this.#escapedString(start)
    this.#at = end + 1
    return this.#text.slice(start, end)
  }

  #escapedString(start: number): string {
    const text = this.#text
    let end = this.#backslash
    while (text.charCodeAt(end) !== quote) {
      if (end >= text.length) throw new NotRead()
      end += text.charCodeAt(end) === backslash ? 2 : 1
    }
    this.#at = end + 1
    return JSON.parse(text.slice(start - 1, end + 1)) as string
  }

  #number(): unknown {
    const text = this.#text
    const start = this.#at
    let [at, value] = [start, 0]
    let code = text.charCodeAt(at)
    if (code !== zero)
      for (; code >= zero && code <= nine; code = text.charCodeAt(++at))
        value = value * 10 + code - zero
    const isWhole = code === comma || code === closeObject || code === closeArray
    if (isWhole && at > start && at - start <= safeDigits) {
      this.#at = at
      return value
    }
    numberPattern.lastIndex = start
    const source = numberPattern.exec(text)?.[0]
    if (source === undefined) throw new NotRead()
    this.#at = start + source.length
    return this.#toNumber(source)
  }

  #literal<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw new NotRead()
    this.#at += word.length
    return value
  }

  #space(): void {
    const text = this.#text
    let code = text.charCodeAt(this.#at)
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
      code = text.charCodeAt(++this.#at)
  }

  #findBackslash(from: number): number {
    const index = this.#text.indexOf('\\', from)
    return index === -1 ? Infinity : index
  }

  #findControl(from: number): number {
    controlPattern.lastIndex = from
    return controlPattern.exec(this.#text)?.index ?? Infinity
  }
}
