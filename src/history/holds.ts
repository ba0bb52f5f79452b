/** Changes that are not believed yet. At most one slice hold per slice and one value hold per value is open. */
import { Prisma, type Db, type Reader, type Tx } from '../catalog/database.ts'
import type { SliceKey } from '../catalog/listings.ts'
import { PlumblineError } from '../errors.ts'
import { parseJson, type Json } from '../json.ts'
import { recordNotice } from './notices.ts'

/**
 * released: a second upstream stated the same value. superseded: other content of the same place was
 * held or applied. withdrawn: the upstream states again what is stored, or nothing.
 */
export type HoldStatus = 'open' | 'approved' | 'rejected' | 'released' | 'superseded' | 'withdrawn'

export interface Hold {
  id: number
  kind: 'slice' | 'value'
  upstream: string
  provider: string
  modelId: string | null
  field: string | null
  reason: string
  message: string
  from: Json
  to: Json
  contentHash: string
  snapshotId: number | null
  fence: number
  runId: number
  status: HoldStatus
  openedAt: Date
  decidedAt: Date | null
  decidedBy: string | null
  comment: string | null
  /** When its place came to be held: earlier than `openedAt` when it took over from another hold. */
  heldSince: Date
  /** The hold of newer content that took its place; null also when newer content was applied. */
  supersededBy: number | null
}

export type NewHold = Omit<
  Hold,
  | 'id'
  | 'status'
  | 'openedAt'
  | 'decidedAt'
  | 'decidedBy'
  | 'comment'
  | 'heldSince'
  | 'supersededBy'
>

/**
 * Opens a hold. The same content again moves the open hold to the newer snapshot and returns
 * undefined; other content supersedes it. Returns the id of a hold that is new. A slice that stays held
 * while it changes is announced once for each reason.
 */
export async function openHold(tx: Tx, hold: NewHold): Promise<number | undefined> {
  const { kind, upstream, provider, modelId, field, contentHash, snapshotId, fence, runId } = hold
  const place = samePlace(hold)
  const moved = await tx.$executeRaw`
    UPDATE holds SET snapshot_id = ${snapshotId}, fence = ${fence}, run_id = ${runId}
    WHERE ${place} AND content_hash = ${contentHash}`
  if (moved > 0) return undefined
  const [previous] = await tx.$queryRaw<{ id: bigint }[]>`
    UPDATE holds SET status = 'superseded', decided_at = now() WHERE ${place} RETURNING id`
  const wasAnnounced = previous !== undefined && (await wasHeldFor(tx, hold, previous.id))
  const [row] = await tx.$queryRaw<{ id: bigint }[]>`
    INSERT INTO holds (kind, upstream, provider, model_id, field, reason, message, "from", "to", content_hash, snapshot_id, fence, run_id, held_since)
    VALUES (${kind}, ${upstream}, ${provider}, ${modelId}, ${field}, ${hold.reason}, ${hold.message},
      ${JSON.stringify(hold.from)}::jsonb, ${JSON.stringify(hold.to)}::jsonb, ${contentHash}, ${snapshotId}, ${fence}, ${runId},
      coalesce((SELECT held_since FROM holds WHERE id = ${previous?.id ?? null}), now()))
    RETURNING id`
  const holdId = Number(row?.id)
  if (previous)
    await tx.$executeRaw`UPDATE holds SET superseded_by = ${holdId} WHERE id = ${previous.id}`
  if (!wasAnnounced) await announceHold(tx, holdId, hold)
  return holdId
}

/** Whether the slice was held for this reason since it came to be held. A value is told each time. */
async function wasHeldFor(
  tx: Tx,
  { kind, upstream, provider, reason }: NewHold,
  previousId: bigint,
): Promise<boolean> {
  if (kind === 'value') return false
  const rows = await tx.$queryRaw<object[]>`
    SELECT 1 FROM holds WHERE kind = 'slice' AND upstream = ${upstream} AND provider = ${provider}
      AND reason = ${reason} AND held_since = (SELECT held_since FROM holds WHERE id = ${previousId}) LIMIT 1`
  return rows.length > 0
}

async function announceHold(tx: Tx, holdId: number, hold: NewHold): Promise<void> {
  const { kind, upstream, provider, modelId, field, runId, reason, message } = hold
  await recordNotice(tx, 'plumbline.hold.opened', {
    holdId,
    kind,
    upstream,
    provider,
    modelId,
    field,
    reason,
    message,
    runId,
  })
}

function samePlace({ kind, upstream, provider, modelId, field }: NewHold): Prisma.Sql {
  return Prisma.sql`status = 'open' AND kind = ${kind} AND upstream = ${upstream} AND provider = ${provider}
    AND model_id IS NOT DISTINCT FROM ${modelId} AND field IS NOT DISTINCT FROM ${field}`
}

export async function listHolds(
  reader: Reader,
  status: HoldStatus | 'all' = 'open',
): Promise<Hold[]> {
  const rows = await reader.$queryRaw<HoldRow[]>`
    SELECT ${holdSelection} FROM holds
    ${status === 'all' ? Prisma.empty : Prisma.sql`WHERE status = ${status}`} ORDER BY id DESC LIMIT 1000`
  return rows.map(toHold)
}

/** Open holds of a run: of a collect, those of all its slices. */
export async function listHoldsOfRun(reader: Reader, runId: number): Promise<Hold[]> {
  const rows = await reader.$queryRaw<HoldRow[]>`
    SELECT ${holdSelection} FROM holds
    WHERE status = 'open'
      AND run_id IN (SELECT id FROM refresh_runs WHERE id = ${runId} OR parent_id = ${runId})
    ORDER BY id`
  return rows.map(toHold)
}

export async function readHold(reader: Reader, id: number): Promise<Hold> {
  const [row] = await reader.$queryRaw<
    HoldRow[]
  >`SELECT ${holdSelection} FROM holds WHERE id = ${id}`
  if (!row)
    throw new PlumblineError('not_found', `There is no hold ${id}.`, {
      nextStep: 'plumbline holds list',
    })
  return toHold(row)
}

/** Value holds of a provider that wait for review, or that were rejected and must not be held again. */
export async function readValueHolds(
  reader: Reader,
  provider: string,
  status: 'open' | 'rejected',
): Promise<Hold[]> {
  const rows = await reader.$queryRaw<HoldRow[]>`
    SELECT ${holdSelection} FROM holds
    WHERE kind = 'value' AND provider = ${provider} AND status = ${status}`
  return rows.map(toHold)
}

/** Throws `invalid_argument` when it is decided already: two operators cannot both decide. */
export async function decideHold(
  tx: Tx,
  id: number,
  status: Exclude<HoldStatus, 'open'>,
  decision: { actor: string; comment?: string },
): Promise<void> {
  const count = await tx.$executeRaw`
    UPDATE holds SET status = ${status}, decided_at = now(), decided_by = ${decision.actor},
      comment = ${decision.comment ?? null}
    WHERE id = ${id} AND status = 'open'`
  if (count === 0) throw new PlumblineError('invalid_argument', `Hold ${id} is not open any more.`)
}

/** Applying a held slice closed its hold as superseded: what is in the catalog now is what was held. */
export async function approveAppliedHold(
  tx: Tx,
  id: number,
  decision: { actor: string; comment?: string },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE holds SET status = 'approved', decided_at = now(), decided_by = ${decision.actor},
      comment = ${decision.comment ?? null}, superseded_by = NULL WHERE id = ${id}`
}

/** Newer content was applied: what was held before does not matter any more. */
export function sliceHoldSupersession({ upstream, provider }: SliceKey): Prisma.Sql {
  return Prisma.sql`
    UPDATE holds SET status = 'superseded', decided_at = now()
    WHERE kind = 'slice' AND status = 'open' AND upstream = ${upstream} AND provider = ${provider}`
}

/**
 * Slices that the upstream lists again as they are stored, or as they were rejected: nothing of them
 * is held any more. A hold of a newer collect than `fence` stays.
 */
export async function withdrawSliceHolds(
  db: Db,
  upstream: string,
  providers: readonly string[],
  fence: number,
): Promise<void> {
  await db.$executeRaw`
    UPDATE holds SET status = 'withdrawn', decided_at = now()
    WHERE kind = 'slice' AND status = 'open' AND upstream = ${upstream} AND fence < ${fence}
      AND provider = ANY(${providers}::text[])`
}

/** Value holds whose upstream does not state the held value any more. */
export async function withdrawHolds(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await tx.$executeRaw`
    UPDATE holds SET status = 'withdrawn', decided_at = now() WHERE status = 'open' AND id = ANY(${ids}::bigint[])`
}

const holdSelection =
  Prisma.raw(`id, kind, upstream, provider, model_id AS "modelId", field, reason, message,
  "from"::text AS "from", "to"::text AS "to", content_hash AS "contentHash", snapshot_id AS "snapshotId", fence,
  run_id AS "runId", status, opened_at AS "openedAt", decided_at AS "decidedAt", decided_by AS "decidedBy", comment,
  held_since AS "heldSince", superseded_by AS "supersededBy"`)

type HoldRow = Omit<
  Hold,
  'id' | 'from' | 'to' | 'snapshotId' | 'fence' | 'runId' | 'supersededBy'
> & {
  id: bigint
  from: string | null
  to: string | null
  snapshotId: bigint | null
  fence: bigint
  runId: bigint
  supersededBy: bigint | null
}

function toHold(row: HoldRow): Hold {
  return {
    ...row,
    id: Number(row.id),
    from: row.from === null ? null : parseJson(row.from),
    to: row.to === null ? null : parseJson(row.to),
    snapshotId: row.snapshotId === null ? null : Number(row.snapshotId),
    fence: Number(row.fence),
    runId: Number(row.runId),
    supersededBy: row.supersededBy === null ? null : Number(row.supersededBy),
  }
}
