/** Whether the work succeeded within the limit. What fails or comes too late is let go in silence. */
import { withinLimit } from './within-limit.ts'

export async function runWithin(limitMs: number, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await withinLimit(limitMs, work)
    return true
  } catch {
    return false
  }
}
