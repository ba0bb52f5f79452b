// Upstreams choose some of the texts that people get to see: no escape code of theirs may steer the
// terminal, and no direction mark may turn a line around.
const control = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The text without control characters; line breaks stay. */
export function withoutControl(text: string): string {
  return text.replace(control, (character) => (character === '\n' ? character : ''))
}

/** Whether PostgreSQL can hold the text as it is: NUL it refuses, a lone surrogate it would replace. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
