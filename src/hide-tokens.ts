/** API keys of ours and JWTs, wherever they turn up: in an id, in an error, in a line of the log. */
const tokens = /plb_[0-9a-f]{12}_[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g

export function hideTokens(text: string): string {
  return text.replace(tokens, '[redacted]')
}
