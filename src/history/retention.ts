/** How long the history is kept. What changed the catalog stays: changes, prices, versions, their snapshots. */
import type { Db } from '../catalog/database.ts'

/** Open holds keep their snapshots; the newest snapshot of an upstream is kept whatever its age. */
export async function applyRetention(db: Db, days: number): Promise<void> {
  await db.$executeRaw`
    DELETE FROM rejects WHERE created_at < now() - make_interval(days => ${days}::int)`
  await db.$executeRaw`
    DELETE FROM audit_log WHERE at < now() - make_interval(days => ${days}::int)`
  await db.$executeRaw`
    DELETE FROM notices WHERE announced_at IS NOT NULL AND created_at < now() - make_interval(days => ${days}::int)`
  await db.$executeRaw`
    DELETE FROM refresh_runs WHERE queued_at < now() - make_interval(days => ${days}::int)
      AND status NOT IN ('queued', 'running') AND version IS NULL
      AND NOT EXISTS (SELECT 1 FROM refresh_runs c WHERE c.parent_id = refresh_runs.id AND c.version IS NOT NULL)`
  // What was staged is dropped when its run closes; these belonged to runs that never did.
  await db.$executeRaw`
    DELETE FROM snapshot_slices s WHERE NOT EXISTS (SELECT 1 FROM holds h WHERE h.snapshot_id = s.snapshot_id
        AND h.provider = s.provider AND h.kind = 'slice' AND h.status = 'open')
      AND EXISTS (SELECT 1 FROM snapshots p WHERE p.id = s.snapshot_id AND p.fetched_at < now() - interval '1 day')`
  // The pages of a body may serve later snapshots with the same sha256.
  await db.$executeRaw`
    DELETE FROM snapshots s WHERE s.fetched_at < now() - make_interval(days => ${days}::int) AND NOT s.changed
      AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.snapshot_id = s.id AND h.status = 'open')
      AND EXISTS (SELECT 1 FROM snapshots n WHERE n.upstream = s.upstream AND n.id > s.id)
      AND NOT EXISTS (SELECT 1 FROM snapshots o WHERE o.upstream = s.upstream AND o.sha256 = s.sha256 AND o.id <> s.id)`
  await db.$executeRaw`
    DELETE FROM snapshot_pages p WHERE NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.id = p.snapshot_id)`
}
