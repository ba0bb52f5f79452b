/** Keeps a mirror in step with the API, whatever happens to either, and knows how old it is. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, createApi, type ApiOptions } from './api.ts'
import { createBackoff } from './backoff.ts'
import { createErrorReports, type ErrorReports, type OnError } from './error-reports.ts'
import { followCatalog, type CatalogFollower } from './follow-catalog.ts'
import { createModelReader } from './mirror-reader.ts'
import { idsOf, putModels, type MirrorState, type MirrorUpdate } from './mirror-state.ts'
import { syncMirror } from './mirror-sync.ts'

export interface MirrorOptions extends ApiOptions {
  /** When the mirror has moved to another version; not for the one that it begins with. */
  onUpdate?: (update: MirrorUpdate) => void
  /**
   * When `onUpdate` has failed, and when the API fails: reported once a minute, retried for ever.
   * Default: a process warning.
   */
  onError?: OnError
  /** As for `followCatalog`; 5. */
  heartbeatSeconds?: number
}

/** `filled` resolves when the first version is there; it rejects when the signal is aborted before, and when asking is of no use. */
export function startMirror(options: MirrorOptions, signal: AbortSignal) {
  const reports = createErrorReports(options.onError)
  const reader = createModelReader(createApi(options), signal)
  const state: MirrorState = { version: undefined, models: new Map(), list: undefined }
  let resolve = (): void => {}
  let reject = (_reason: unknown): void => {}
  const filled = new Promise<void>((...settlers) => ([resolve, reject] = settlers))
  let follower: CatalogFollower | undefined
  let certainAt = Number.NEGATIVE_INFINITY
  let isBehind = true
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })

  const staleForMs = (): number => {
    const now = performance.now()
    if (!isBehind && follower) certainAt = Math.max(certainAt, now - follower.staleForMs)
    return now - certainAt
  }
  const fallBehind = (): void => {
    staleForMs()
    isBehind = true
  }

  const sync = () =>
    syncMirror({
      reader,
      signal,
      held: (provider) => idsOf(state, provider),
      onBehind: fallBehind,
      onFailure: (error) => reports.outage('http', error),
      async follow(sinceVersion, onChange) {
        const { url, apiKey, onError, heartbeatSeconds } = options
        const following = await followCatalog({
          url,
          ...(apiKey === undefined ? {} : { apiKey }),
          ...(onError === undefined ? {} : { onError }),
          ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
          sinceVersion,
          onChange,
        })
        follower = following
        return () => following.close()
      },
      put(version, models, isAll) {
        const isFilled = state.version !== undefined
        const update = putModels(state, version, models, isAll)
        isBehind = false
        if (isFilled) tell(options, reports, update)
        else resolve()
      },
    })

  async function keepInSync(): Promise<void> {
    const backoff = createBackoff()
    while (!signal.aborted) {
      try {
        await sync()
        backoff.reset()
      } catch (error) {
        if (signal.aborted) return
        if (state.version === undefined && isOfNoUse(error)) return reject(error)
        reports.outage('http', error)
      }
      fallBehind()
      await sleep(backoff.nextMs(), undefined, { signal }).catch(() => undefined)
    }
  }
  const ended = keepInSync()
  return { state, filled, ended, staleForMs }
}

function tell({ onUpdate }: MirrorOptions, reports: ErrorReports, update: MirrorUpdate): void {
  try {
    onUpdate?.(update)
  } catch (error) {
    reports.callback(error)
  }
}

/** A wrong key, a wrong URL: the next attempt would end as this one did. */
function isOfNoUse(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  const { status } = error
  const mayPass = status >= 500 || [408, 409, 410, 425, 429].includes(status)
  return !mayPass
}
