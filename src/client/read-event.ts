import type { CatalogChanged, CatalogReset, UpdatedModel } from './change.ts'

/** One message or stream entry. Undefined for other types of event, and for what is no event at all. */
export function readEvent(text: string): CatalogChanged | undefined {
  const event = parse(text)
  if (!isRecord(event) || event['type'] !== 'plumbline.catalog.changed') return undefined
  const { data, time } = event
  return isRecord(data) ? readChanged(data, typeof time === 'string' ? time : '') : undefined
}

/**
 * Undefined without a version: it cannot be put in order. Lists that are not as they should be
 * count as truncated, so that the subscriber reads again what it cannot be told.
 */
export function readChanged(
  data: Record<string, unknown>,
  committedAt: string,
): CatalogChanged | undefined {
  const { version, upstream, provider, runId, added, updated, removed } = data
  if (!isVersion(version)) return undefined
  const whole = isIds(added) && isUpdated(updated) && isIds(removed)
  const lists = whole ? { added, updated, removed } : { added: [], updated: [], removed: [] }
  return {
    type: 'changed',
    version,
    upstream: textOrNull(upstream),
    provider: textOrNull(provider),
    runId: isVersion(runId) ? runId : null,
    ...lists,
    truncated: !whole || data['truncated'] === true,
    committedAt,
  }
}

/** An event `plumbline.catalog.reset`: of the event stream, which puts the version beside it. */
export function readReset(text: string, version: number): CatalogReset {
  const event = parse(text)
  const data = isRecord(event) && isRecord(event['data']) ? event['data'] : {}
  const reason = data['reason'] === 'rewound' ? 'rewound' : 'unreplayable'
  return { type: 'reset', version, reason }
}

export function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isIds(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'string')
}

function isUpdated(value: unknown): value is UpdatedModel[] {
  return (
    Array.isArray(value) &&
    value.every(
      (model) => isRecord(model) && typeof model['id'] === 'string' && isIds(model['fields']),
    )
  )
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
