/** Which versions the change log can be asked for. */
import { PlumblineError } from '../errors.ts'
import type { Reader } from './database.ts'

/**
 * Throws `version_ahead` for a version that the catalog has not reached, and `version_gone` where the
 * log does not reach back to what followed it: then nobody can say what changed since.
 */
export async function requireKnownVersion(reader: Reader, version: number): Promise<void> {
  const [row] = await reader.$queryRaw<{ head: bigint; oldest: bigint | null }[]>`
    SELECT h.version AS head, (SELECT min(v.version) FROM catalog_versions v) AS oldest
    FROM catalog_head h WHERE h.id = 1`
  const head = Number(row?.head ?? 0)
  if (version > head)
    throw new PlumblineError(
      'version_ahead',
      `Version ${version} is beyond the newest one, ${head}.`,
      {
        nextStep:
          'Read the catalog anew: it may have been restored from a backup since you were told of that version.',
      },
    )
  const oldest = row?.oldest === null ? head + 1 : Number(row?.oldest ?? 1)
  if (version + 1 < oldest)
    throw new PlumblineError(
      'version_gone',
      `What changed after version ${version} is not kept: the log begins with version ${oldest}.`,
      { nextStep: 'Read the catalog anew and follow from the version of what you read.' },
    )
}
