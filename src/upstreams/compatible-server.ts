/** What an operator says of a server that speaks somebody else's API. */
import { upstreamEnvId } from '../upstream-settings.ts'
import { bearerKey } from './bearer-key.ts'
import { modelsUrl } from './models-url.ts'
import type { Upstream } from './upstream.ts'

export interface CompatibleServer {
  id: string
  /** The base, e.g. "http://gpu1:8000/v1"; `/models` is added unless it is there. */
  url: string
  provider: string
  /** Without this variable's key the server is not asked. Absent = `<ID>_API_KEY`, if that is set. */
  keyEnv?: string
  /** Whether absence from the list means that the model is gone (the default). */
  complete?: boolean
  schedule?: string
}

/** The part of an upstream that follows from it, whatever the API. */
export function serverUpstream({
  id,
  url,
  provider,
  keyEnv,
  complete = true,
  schedule = '1h',
}: CompatibleServer): Omit<Upstream, 'docs' | 'entries' | 'listing'> {
  return {
    id,
    title: id,
    url: modelsUrl(url),
    key: bearerKey(keyEnv ?? `${upstreamEnvId(id)}_API_KEY`, { required: keyEnv !== undefined }),
    adapterVersion: 1,
    schedule,
    provider,
    rank: 4,
    authoritative: 'all',
    complete,
    minimumEntries: 1,
    maxBytes: 32 * 2 ** 20,
    verified: true,
  }
}
