/** How well something is known (history/health.ts). */
import { z } from 'zod'
import { healthWords, type HealthWord } from '../../history/health.ts'

const words = Object.keys(healthWords) as HealthWord[]
const meanings = words.map((word) => `${word}: ${healthWords[word]}.`).join(' ')

export const healthFields = {
  health: z
    .enum(words)
    .describe(
      `${meanings} Of a runtime of one’s own (Ollama, vLLM) only its own list counts: healthy is what it lists now.`,
    ),
  success_rate: z.number().nullable().describe('0 to 1, of all requests that refreshes made.'),
  avg_latency_ms: z.number().nullable(),
  total_requests: z.int(),
  last_verified_at: z.iso.datetime().nullable().describe('The last good answer that lists it.'),
  staleness_seconds: z.int().nullable().describe('Since then.'),
  listed_by: z.array(z.string()).describe('Upstreams that list it now.'),
} as const
