/** How a commit becomes `plumbline.catalog.changed`: the data when it commits, the event when it is announced. */
import type { z } from 'zod'
import { CatalogChangedData, type CatalogChangedEvent, type UpdatedModel } from './events.ts'

/** Beyond this many ids a subscriber does better to drop the provider than to read the list. */
export const maxListedModels = 500

export interface CatalogChanges {
  version: number
  upstream: string | null
  provider: string | null
  runId: number | null
  /** Ids are `provider/model-id`. */
  added: readonly string[]
  updated: readonly UpdatedModel[]
  removed: readonly string[]
}

/**
 * What goes into `catalog_versions.data`. The three lists together are cut at 500, least harmful
 * last: removed and updated ids make a cached entry wrong, an added one only makes it late.
 */
export function buildChangedData(changes: CatalogChanges): CatalogChangedData {
  const { version, upstream, provider, runId } = changes
  const removed = changes.removed.slice(0, maxListedModels)
  const updated = changes.updated.slice(0, maxListedModels - removed.length)
  const added = changes.added.slice(0, maxListedModels - removed.length - updated.length)
  const stated = changes.removed.length + changes.updated.length + changes.added.length
  const truncated = stated > maxListedModels
  return { version, upstream, provider, runId, added, updated, removed, truncated }
}

/** A row of `catalog_versions`. */
export interface VersionRow {
  version: number
  upstream: string | null
  provider: string | null
  runId: number | null
  /** The column as stored; the other columns win over what it says. */
  data: unknown
  committedAt: Date
}

/**
 * The row as an event. Data that does not fit the event map (a bug, or a row that somebody edited)
 * gives an event without lists and with `truncated`, so a bad row makes subscribers read again
 * instead of blocking every version behind it; `onMisfit` is told.
 */
export function catalogChanged(
  row: VersionRow,
  onMisfit?: (problem: z.ZodError) => void,
): CatalogChangedEvent {
  return {
    specversion: '1.0',
    id: String(row.version),
    source: 'plumbline',
    type: 'plumbline.catalog.changed',
    time: row.committedAt.toISOString(),
    datacontenttype: 'application/json',
    ...(row.provider === null ? {} : { subject: row.provider }),
    data: changedData(row, onMisfit),
  }
}

function changedData(
  { version, upstream, provider, runId, data }: VersionRow,
  onMisfit?: (problem: z.ZodError) => void,
): CatalogChangedData {
  const columns = { version, upstream, provider, runId }
  const stated = typeof data === 'object' && data !== null ? data : {}
  const read = CatalogChangedData.safeParse({ ...stated, ...columns })
  if (read.success) return read.data
  onMisfit?.(read.error)
  return { ...columns, added: [], updated: [], removed: [], truncated: true }
}
