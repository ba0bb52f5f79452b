/** What a fleet has come to, seen from outside. */
import { onTestFinished } from 'vitest'
import { followCatalog } from '../../src/client/index.ts'
import type { Fleet } from './fleet.ts'
import { catalogBecomes, everythingIsAnnounced, runsEnd } from './invariants.ts'

/** The refresh is over in every respect. */
export async function refreshedTo(fleet: Fleet, body: number): Promise<void> {
  await catalogBecomes(fleet, body)
  await runsEnd(fleet)
  await everythingIsAnnounced(fleet)
}

export async function versionOf({ pool }: Fleet): Promise<number> {
  const { rows } = await pool.query<{ version: string }>('SELECT version FROM catalog_head')
  return Number(rows[0]?.version)
}

/** What a follower of the whole log is told: versions, or why it had to start anew. */
export async function followAll(fleet: Fleet): Promise<(number | string)[]> {
  const seen: (number | string)[] = []
  const follower = await followCatalog({
    redisUrl: fleet.redisUrl,
    prefix: fleet.prefix,
    sinceVersion: 0,
    pollMs: 500,
    onChange: (change) =>
      void seen.push(change.type === 'changed' ? change.version : change.reason),
  })
  onTestFinished(() => follower.close())
  return seen
}
