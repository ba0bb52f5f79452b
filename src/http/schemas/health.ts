/** How well something is known (history/health.ts). */
import { z } from 'zod'
import { healthWords } from '../../history/health.ts'

export const healthFields = {
  health: z
    .enum(healthWords)
    .describe(
      'healthy: every upstream that lists it answered in time (two of its intervals). degraded: some are failing or late. stale: none answered in time. unavailable: all are failing. unknown: none lists it.',
    ),
  success_rate: z.number().nullable().describe('0 to 1, of all requests that refreshes made.'),
  avg_latency_ms: z.number().nullable(),
  total_requests: z.int(),
  last_verified_at: z.iso.datetime().nullable().describe('The last good answer that lists it.'),
  staleness_seconds: z.int().nullable(),
} as const
