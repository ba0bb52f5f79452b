/** Upstreams with what is stored of them. */
import type { Reader } from '../catalog/database.ts'
import { intervalMs } from '../schedule.ts'
import { listUpstreamStates, type UpstreamState } from './upstream-state.ts'

export interface UpstreamOverview extends UpstreamState {
  /** Providers of which it lists models. */
  providers: number
  /** Listings as applied last. */
  models: number
  openHolds: number
}

export async function listUpstreamOverviews(reader: Reader): Promise<UpstreamOverview[]> {
  const stored = await reader.$queryRaw<
    { upstream: string; providers: number; models: number; openHolds: number }[]
  >`
    SELECT u.id AS upstream,
      (SELECT count(*)::int FROM provider_slices s WHERE s.upstream = u.id AND s.listing_count > 0) AS providers,
      (SELECT coalesce(sum(s.listing_count), 0)::int FROM provider_slices s WHERE s.upstream = u.id) AS models,
      (SELECT count(*)::int FROM holds h WHERE h.upstream = u.id AND h.status = 'open') AS "openHolds"
    FROM upstreams u`
  const byId = new Map(stored.map((row) => [row.upstream, row]))
  return (await listUpstreamStates(reader)).map((state) => {
    const { providers = 0, models = 0, openHolds = 0 } = byId.get(state.id) ?? {}
    return { ...state, providers, models, openHolds }
  })
}

/** Two schedules without a success: as readiness and the alerts have it. */
const missedSchedules = 2

/** Whether an upstream has not been heard of for too long; one that never was, is. */
export function isStale(
  { schedule, lastSuccessAt }: Pick<UpstreamState, 'schedule' | 'lastSuccessAt'>,
  now: Date,
): boolean {
  if (!lastSuccessAt) return true
  return now.getTime() - lastSuccessAt.getTime() > missedSchedules * intervalMs(schedule, now)
}
