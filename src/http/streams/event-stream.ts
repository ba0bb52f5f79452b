/**
 * One client's stream: reads the log after its version, page by page, and waits for news when it is at
 * the end. Whether it replays or is up to date makes no difference, so each version is sent once and
 * in order. It reads no more than the client takes: there is nothing to buffer.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Audience } from '../../catalog/model-filter.ts'
import type { LoggedVersion } from '../../catalog/read-versions.ts'
import { eventFor, eventOfProvider } from '../../catalog/told-versions.ts'
import type { CatalogResetData } from '../../events/events.ts'
import { createBell } from './bell.ts'
import { eventText, heartbeatText, noticeText, resetText } from './event-text.ts'
import type { NoticeLog } from './notice-log.ts'
import { tellNotice } from './told-notice.ts'
import type { ReadPage, VersionLog } from './version-log.ts'

export interface EventStreamOptions {
  log: VersionLog
  notices: NoticeLog
  audience: Audience
  /** Events of this provider only; undefined = of all. */
  provider: string | undefined
  /** The version that the client is at; undefined = the newest. */
  since: number | undefined
  heartbeatMs: number
  client: StreamClient
  onReadFailed: (error: unknown) => void
  signal: AbortSignal
}

export interface StreamClient {
  /** Resolves when there is room for more; rejects when the client does not read, or is gone. */
  write: (text: string) => Promise<void>
  /** False while it has not read what was written. */
  readonly hasRoom: boolean
}

interface Position {
  /** What the client is at; undefined = it begins with the newest, which is not known yet. */
  version: number | undefined
  /** When the log had nothing more for it; undefined = there is, or may be, more to send. */
  currentSince: number | undefined
  /** The log's count when it was looked at last. */
  rewinds: number
}

const readAgainAfterMs = 1000

/** Resolves when the signal is aborted. Rejects as `write` does. */
export async function streamEvents(options: EventStreamOptions): Promise<void> {
  const { log, since, client, signal } = options
  const bell = createBell()
  const position: Position = {
    version: since,
    currentSince: undefined,
    rewinds: log.rewinds.count,
  }
  const unsubscribe = log.onNews(() => {
    position.currentSince = undefined
    bell.ring()
  })
  const unsubscribeNotices = options.notices.onNotice((notice) => {
    const told = tellNotice(notice, options)
    if (told) client.write(noticeText(told)).catch(() => undefined)
  })
  signal.addEventListener('abort', bell.ring, { once: true })
  const heartbeat = setInterval(() => {
    if (client.hasRoom) client.write(beatOf(position, log)).catch(() => undefined)
  }, options.heartbeatMs)
  try {
    while (!signal.aborted) {
      bell.muffle()
      if (await goOn(options, position)) await bell.heard()
    }
  } finally {
    clearInterval(heartbeat)
    unsubscribe()
    unsubscribeNotices()
    signal.removeEventListener('abort', bell.ring)
  }
}

/** Sends a page. True: there is nothing more to send before there are news. */
async function goOn(options: EventStreamOptions, position: Position): Promise<boolean> {
  const { log, client } = options
  const page = await readPage(options, position)
  if (!page) return false
  const reset = findReset(position, page, log)
  if (reset) {
    await client.write(resetText(reset.version, reset.reason))
    Object.assign(position, { version: reset.version, rewinds: log.rewinds.count })
    return false
  }
  for (const version of page.versions) {
    position.currentSince = undefined
    const text = textFor(version, options)
    if (text !== undefined) await client.write(text)
    position.version = version.version
  }
  if (!page.isLast) return false
  const wasCurrent = position.currentSince !== undefined
  position.currentSince = page.readAt
  if (!wasCurrent) await client.write(beatOf(position, log))
  return true
}

/** Undefined: it cannot be read now, and a moment has passed. */
async function readPage(
  { log, onReadFailed, signal }: EventStreamOptions,
  position: Position,
): Promise<ReadPage | undefined> {
  try {
    position.version ??= await log.head()
    return await log.after(position.version)
  } catch (error) {
    position.currentSince = undefined
    onReadFailed(error)
    await sleep(readAgainAfterMs, undefined, { signal }).catch(() => undefined)
    return undefined
  }
}

/** What the page cannot tell to somebody at this position. */
function findReset(
  { version = 0, rewinds }: Position,
  { head, versions }: ReadPage,
  log: VersionLog,
): CatalogResetData | undefined {
  if (log.rewinds.count !== rewinds)
    return { version: Math.min(head, log.rewinds.to), reason: 'rewound' }
  if (head < version) return { version: head, reason: 'rewound' }
  const before = versions[0] ? versions[0].version - 1 : head
  return before > version ? { version: before, reason: 'unreplayable' } : undefined
}

function beatOf({ version, currentSince }: Position, log: VersionLog): string {
  if (version === undefined || currentSince === undefined) return heartbeatText()
  const certainMsAgo = Math.min(performance.now() - currentSince, log.staleForMs)
  return heartbeatText({ version, certainMsAgo })
}

const texts = new WeakMap<LoggedVersion, Map<string, string | undefined>>()

/** Undefined: it says nothing of the provider. The same for all who see the same: made once. */
function textFor(
  version: LoggedVersion,
  { audience, provider }: Pick<EventStreamOptions, 'audience' | 'provider'>,
): string | undefined {
  const made = texts.get(version) ?? new Map<string, string | undefined>()
  texts.set(version, made)
  const key = `${audience} ${provider ?? ''}`
  if (!made.has(key)) {
    const event = eventFor(version, audience)
    const told = provider === undefined ? event : eventOfProvider(event, provider)
    made.set(key, told && eventText(version.version, told))
  }
  return made.get(key)
}
