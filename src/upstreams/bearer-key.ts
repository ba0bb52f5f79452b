/** The usual way to show a key. */
import type { UpstreamKey } from './upstream.ts'

/** `Authorization: Bearer …` with the key of this environment variable. */
export function bearerKey(env: string, { required }: Pick<UpstreamKey, 'required'>): UpstreamKey {
  return { env, required, headers: (key) => ({ authorization: `Bearer ${key}` }) }
}
