/** One rendering of one format, and whether it is fit to take the place of the one before. */
import { PlumblineError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import type { Metrics } from '../../metrics.ts'
import { createAnswer, jsonType, type Answer } from '../cache/answer.ts'
import type { Format, FormatSource } from '../formats/format.ts'
import { renderInTurns } from '../formats/render-format.ts'

/** What a format came to at the last version that was looked at. */
export interface Edition {
  /** Undefined: no rendering of it was ever fit. */
  published: Answer | undefined
  /** What later ones are compared with. */
  peak: Peak | undefined
  judgedVersion: number
  /** Why what was rendered last is not published; undefined: it is. */
  refusal: string | undefined
}

/**
 * The most models that were published lately. The catalog changes provider by provider: compared with the
 * one before alone, it could shrink to nothing in small steps within a minute.
 */
interface Peak {
  models: number
  at: number
}

/** A loss that lasts longer is believed. */
const peakLastsMs = 24 * 60 * 60_000

export interface JudgingContext {
  metrics: Pick<Metrics, 'formatHeld' | 'formatRenderDuration'>
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  now?: () => number
}

export async function judgeRendering(
  context: JudgingContext,
  format: Format,
  source: FormatSource,
  previous: Edition | undefined,
): Promise<Edition> {
  const startedAt = performance.now()
  const rendered = await renderOrRefuse(context, format, source, previous)
  const seconds = (performance.now() - startedAt) / 1000
  context.metrics.formatRenderDuration.observe({ format: format.name }, seconds)
  return { ...rendered, judgedVersion: source.version }
}

/** Log and metric say when a rendering is held back, and when that is over. */
export function tellHeld(
  { metrics, log }: JudgingContext,
  { name: format }: Format,
  previous: Edition | undefined,
  { published, refusal, judgedVersion: version }: Edition,
): void {
  metrics.formatHeld.set({ format }, refusal === undefined ? 0 : 1)
  if (refusal === previous?.refusal) return
  const servedVersion = published?.version ?? null
  if (refusal === undefined)
    log.info({ format, version }, 'a format that was held back is published again')
  else log.warn({ format, version, servedVersion, reason: refusal }, 'a format is held back')
}

async function renderOrRefuse(
  { log, now = Date.now }: JudgingContext,
  format: Format,
  source: FormatSource,
  previous: Edition | undefined,
): Promise<Omit<Edition, 'judgedVersion'>> {
  const at = now()
  const peak = previous?.peak && at - previous.peak.at < peakLastsMs ? previous.peak : undefined
  const held = (refusal: string) => ({ published: previous?.published, peak, refusal })
  try {
    const { body, candidate } = await renderInTurns(format, source)
    const refusal = format.accept(candidate, peak)
    if (refusal !== undefined) return held(refusal)
    const { version, committedAt } = source
    const published = createAnswer({
      version,
      committedAt,
      contentType: jsonType,
      isFormat: true,
      body,
    })
    await compressLike(published, previous?.published)
    const { models } = candidate
    const newPeak = peak && peak.models > models ? peak : { models, at }
    return { published, peak: newPeak, refusal: undefined }
  } catch (error) {
    // A bug in one format is no reason to serve the others old.
    log.error({ err: error, format: format.name }, 'a format cannot be rendered')
    return held('it cannot be rendered')
  }
}

/** Who asks first shall not wait for what others asked for before. */
async function compressLike(answer: Answer, previous: Answer | undefined): Promise<void> {
  for (const encoding of previous?.encodings() ?? []) await answer.encoded(encoding)
}

export function heldError({ name }: Format, refusal: string | undefined): PlumblineError {
  return new PlumblineError(
    'format_held',
    `${name} is not served: ${refusal ?? 'it was not rendered yet'}.`,
    { retryable: true, retryAfterMs: 60_000 },
  )
}
