/** The keys among a request's headers, and what an upstream sends back of them. */

type Headers = Readonly<Record<string, string>>

const credentialHeader = /authorization|key|token|secret/i

export function credentialsIn(headers: Headers): string[] {
  return Object.entries(headers)
    .filter(([name]) => credentialHeader.test(name))
    .map(([, value]) => value.replace(/^(Bearer|Basic|Key|Token) /i, ''))
}

/** A server that echoes the request would otherwise put the key into archive, rejects and logs. */
export function withoutCredentials(text: string, headers: Headers = {}): string {
  return credentialsIn(headers)
    .filter((secret) => secret.length >= 8)
    .reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text)
}
