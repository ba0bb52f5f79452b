/** Text of upstreams inside HTML and XML. */

// What XML 1.0 has no way to write, not even as a reference (https://www.w3.org/TR/xml/#charsets).
// oxlint-disable-next-line no-control-regex
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** With `>` escaped, a CDATA section cannot be ended from within. */
export function escapeMarkup(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (char) => entities[char] ?? char)
}

export function printable(text: string): string {
  return text.toWellFormed().replaceAll(notInXml, '\ufffd')
}
