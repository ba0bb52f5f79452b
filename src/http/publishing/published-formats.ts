/**
 * The formats of other tools as they are served: bytes, rendered in the background whenever the catalog
 * has a newer version, all from one reading of it, and served whole until the next are ready. A rendering
 * that its readers would not take is held back: what was served before stays served, and log and metric
 * say why. Only what somebody asked for since the start is rendered unasked.
 */
import type { Audience } from '../../catalog/model-filter.ts'
import type { ReadPool } from '../../catalog/read-pool.ts'
import { coalesced } from '../../events/coalesced.ts'
import { createOutageLog } from '../../events/outage-log.ts'
import type { Answer } from '../cache/answer.ts'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { CatalogWatch } from '../catalog-watch.ts'
import type { Format, Need } from '../formats/format.ts'
import {
  heldError,
  judgeRendering,
  tellHeld,
  type Edition,
  type JudgingContext,
} from './edition.ts'
import { readFormatSource } from './format-source.ts'

export interface PublishedFormats {
  /** At once, where there is one: the version that is served until a newer one is ready. */
  current: (format: Format, audience: Audience) => Answer | undefined
  /** Waits for a rendering only where there is none. Throws `format_held` where none is fit. */
  obtain: (format: Format, audience: Audience) => Promise<Answer>
  /** Resolves when nothing is being rendered. */
  close: () => Promise<void>
}

export interface PublishingContext extends JudgingContext {
  reads: ReadPool
  watch: CatalogWatch
  answers: AnswerCache
}

/** Whose view is published; the few others have renderings of their own, in the cache of answers. */
const publicAudience: Audience = 'free'
const privateTtlMs = 15 * 60_000

/** After a rendering, as a multiple of its time: bounds what a burst of commits costs. */
const restShare = 2
const restAfterFailureMs = 1000

export function publishFormats(context: PublishingContext): PublishedFormats {
  const { reads, watch, answers, log } = context
  const editions = new Map<Format, Edition>()
  const asked = new Set<Format>()
  /** Of the catalog: one that was restored from a backup counts from a lower version again. */
  let life = 0
  let isRendering = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let restUntil = 0

  const isOutdated = (format: Format) => {
    const edition = editions.get(format)
    return edition === undefined || edition.judgedVersion < (watch.version ?? 0)
  }

  /** One at a time; whoever asks during one shares the next. */
  const render = coalesced(async () => {
    const startedAt = performance.now()
    isRendering = true
    try {
      await publish()
      restUntil = performance.now() + restShare * (performance.now() - startedAt)
    } catch (error) {
      restUntil = performance.now() + restAfterFailureMs
      throw error
    } finally {
      isRendering = false
      if ([...asked].some(isOutdated)) renderSoon()
    }
  })

  async function publish(): Promise<void> {
    const wanted = [...asked].filter(isOutdated)
    if (wanted.length === 0) return
    const needs = new Set<Need>(wanted.flatMap((format) => format.needs ?? []))
    const lifeAtStart = life
    const source = await readFormatSource(reads, publicAudience, needs)
    // What was rendered from an older version joins, so that all that is served is of one.
    const older = [...asked].filter(
      (format) =>
        !wanted.includes(format) &&
        (editions.get(format)?.judgedVersion ?? 0) < source.version &&
        (format.needs ?? []).every((need) => needs.has(need)),
    )
    const judged = new Map<Format, Edition>()
    for (const format of [...wanted, ...older])
      judged.set(format, await judgeRendering(context, format, source, editions.get(format)))
    if (life !== lifeAtStart) return
    for (const [format, edition] of judged) {
      tellHeld(context, format, editions.get(format), edition)
      editions.set(format, edition)
    }
  }

  const outage = createOutageLog(log, 'Rendering formats (what was served stays served)')
  const failed = (error: unknown) =>
    outage.failed(error instanceof Error ? error : new Error(String(error)))

  function renderSoon(): void {
    if (timer !== undefined || isRendering || isClosed || asked.size === 0) return
    timer = setTimeout(
      () => {
        timer = undefined
        render().then(() => outage.recovered(), failed)
      },
      Math.max(0, restUntil - performance.now()),
    )
  }

  const unsubscribe = watch.onChange((change) => {
    if (change.type === 'reset') {
      life += 1
      for (const edition of editions.values()) edition.judgedVersion = -1
    }
    renderSoon()
  })

  /** For those with a key of a higher tier: nothing is held back from them, and nothing rendered unasked. */
  const obtainPrivate = (format: Format, audience: Audience) =>
    answers.obtain(`${audience} format ${format.name}`, {
      ttlMs: privateTtlMs,
      make: async () => {
        const source = await readFormatSource(reads, audience, new Set(format.needs))
        const { published, refusal } = await judgeRendering(context, format, source, undefined)
        if (published) return published
        throw heldError(format, refusal)
      },
    })

  return {
    current(format, audience) {
      const published = audience === publicAudience ? editions.get(format)?.published : undefined
      if (published && isOutdated(format)) renderSoon()
      return published
    },
    async obtain(format, audience) {
      if (audience !== publicAudience) return obtainPrivate(format, audience)
      asked.add(format)
      if (!editions.get(format)?.published && isOutdated(format)) await render()
      const edition = editions.get(format)
      if (edition?.published) return edition.published
      throw heldError(format, edition?.refusal)
    },
    async close() {
      isClosed = true
      unsubscribe()
      clearTimeout(timer)
      asked.clear()
      await render()
    },
  }
}
