import { setTimeout as sleep } from 'node:timers/promises'
import type { CatalogChanged } from './change.ts'
import type { ErrorReports } from './error-reports.ts'
import type { VersionGap } from './version-order.ts'

export interface ReplaySource {
  name: 'redis' | 'postgres'
  /** The gap's first versions as far as it has them, in any order. Throws when it cannot be asked. */
  read: (gap: VersionGap) => Promise<CatalogChanged[]>
}

/** `gone`: every source answered and none has the gap's first version. */
export type Replayed = CatalogChanged[] | 'gone' | 'unreachable'

// A half-open connection answers never: where there is another source, it is not waited for.
const firstAnswerWithinMs = 1000

/** Asks one source after the other for the gap's first version and what follows it. */
export async function replay(
  gap: VersionGap,
  sources: readonly ReplaySource[],
  reports: Pick<ErrorReports, 'outage'>,
): Promise<Replayed> {
  let isUnreachable = sources.length === 0
  for (const source of sources) {
    try {
      const isLast = source === sources.at(-1)
      const changes = await (isLast ? source.read(gap) : withDeadline(source.read(gap)))
      if (changes.some(({ version }) => version === gap.from)) return changes
    } catch (error) {
      isUnreachable = true
      reports.outage(source.name, error)
    }
  }
  return isUnreachable ? 'unreachable' : 'gone'
}

async function withDeadline<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const answered = new AbortController()
  const tooLate = async (): Promise<never> => {
    await sleep(firstAnswerWithinMs, undefined, { signal: answered.signal })
    throw new Error(`No answer within ${firstAnswerWithinMs} ms`)
  }
  try {
    return await Promise.race([answer, tooLate()])
  } finally {
    answered.abort()
  }
}
