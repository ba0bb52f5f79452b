/** Secrets inside URLs: the password, and query values that are named like one. */

const secretParameter = /pass|key|token|secret|signature/i
const redacted = '[redacted]'

/** Every secret in it, as written and as it is after decoding; none where the text is not a URL. */
export function urlSecrets(text: string): string[] {
  const url = URL.parse(text)
  if (!url) return []
  const fromQuery = [...url.searchParams].filter(([name]) => secretParameter.test(name))
  const secrets = [url.password, decoded(url.password), ...fromQuery.map(([, value]) => value)]
  return [...new Set(secrets)].filter((secret) => secret !== '')
}

/** The text with `[redacted]` in their place. What has no host and has an `@` is hidden as a whole. */
export function hideCredentials(text: string): string {
  const url = URL.parse(text)
  if (!url?.host) return text.includes('@') ? redacted : text
  if (urlSecrets(text).length === 0) return text
  if (url.password !== '') url.password = redacted
  for (const name of new Set(url.searchParams.keys()))
    if (secretParameter.test(name)) url.searchParams.set(name, redacted)
  return url.href.replaceAll('%5Bredacted%5D', redacted)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
