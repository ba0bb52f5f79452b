/** Every upstream that Plumbline knows, in alphabetical order. An adapter that is not here does not exist. */
import { modelsDev } from './models-dev.ts'
import type { Upstream } from './upstream.ts'

export const upstreams: readonly Upstream[] = [modelsDev]

export function findUpstream(id: string): Upstream | undefined {
  return upstreams.find((upstream) => upstream.id === id)
}
