/** An operator's word on a field of a model: it is merged at once, and no sync overwrites it. */
import { z } from 'zod'
import { commitModels, listChanges } from '../catalog/commit-refresh.ts'
import { inTransaction, readDatabaseClock, type Tx } from '../catalog/database.ts'
import {
  findOverlong,
  isFieldName,
  parseFieldValue,
  type FieldName,
  type FieldValue,
} from '../catalog/fields.ts'
import { parsePriceField } from '../catalog/merge.ts'
import { modelKey } from '../catalog/model.ts'
import { readModelsOf } from '../catalog/models.ts'
import { deleteOverride, readOverrides, writeOverride } from '../catalog/overrides.ts'
import { lockProvider } from '../catalog/slices.ts'
import { drawCommitId, recordVersion } from '../catalog/versions.ts'
import { PlumblineError } from '../errors.ts'
import { recordAudit } from '../history/audit.ts'
import { canonicalDecimal, type Json } from '../json.ts'
import type { RefreshContext } from './refresh-context.ts'

export interface OverrideTarget {
  provider: string
  modelId: string
  /** A field's name, or `price.<component>` (`price.input`, `price.input;mode=batch`). */
  field: string
  actor: string
}

export interface NewOverride extends OverrideTarget {
  /** For prices decimal text, USD per million tokens. */
  value: unknown
  reason: string | null
  expiresAt: Date | null
}

type OverrideContext = Pick<RefreshContext, 'db' | 'policy' | 'announce'>

/**
 * Returns the catalog's new version; undefined when the model already had the value. Throws
 * `invalid_argument` for a field or value that cannot be, `not_found` for a model that is not there.
 */
export async function setOverride(
  context: OverrideContext,
  override: NewOverride,
): Promise<number | undefined> {
  const value = checkValue(override.field, override.value)
  const { reason, expiresAt } = override
  return changeOverride(context, override, 'override.set', async (tx) => {
    await writeOverride(tx, { ...override, value })
    return { value, reason, expiresAt: expiresAt?.toISOString() ?? null }
  })
}

/** Back to what upstreams say. Returns and throws as `setOverride`; `not_found` also without an override. */
export async function clearOverride(
  context: OverrideContext,
  target: OverrideTarget,
): Promise<number | undefined> {
  const { provider, modelId, field } = target
  return changeOverride(context, target, 'override.clear', async (tx) => {
    if (await deleteOverride(tx, provider, modelId, field)) return null
    throw new PlumblineError('not_found', `${field} of ${modelKey(target)} is not overridden.`, {
      nextStep: 'plumbline override list',
    })
  })
}

/** The provider's row is locked before anything of it is read, as every refresh does. */
async function changeOverride(
  { db, policy, announce }: OverrideContext,
  target: OverrideTarget,
  action: 'override.set' | 'override.clear',
  change: (tx: Tx) => Promise<Json>,
): Promise<number | undefined> {
  const { provider, modelId, actor } = target
  const version = await inTransaction(db, async (tx) => {
    await lockProvider(tx, provider)
    await requireModel(tx, target)
    const at = await readDatabaseClock(tx)
    const before = await readOverridden(tx, target, at)
    const after = await change(tx)
    const commitId = await drawCommitId(tx)
    const changes = await commitModels(tx, provider, [modelId], policy, { commitId, at })
    await recordAudit(tx, { actor, action, object: `model/${modelKey(target)}`, before, after })
    if (changes.length === 0) return undefined
    const origin = { commitId, runId: undefined, upstream: null, provider }
    return recordVersion(tx, origin, listChanges(changes))
  })
  if (version !== undefined) announce()
  return version
}

async function requireModel(tx: Tx, target: OverrideTarget): Promise<void> {
  const [model] = await readModelsOf(tx, target.provider, [target.modelId])
  if (!model)
    throw new PlumblineError('not_found', `There is no model ${modelKey(target)}.`, {
      nextStep: `Look for it with: plumbline models search ${target.modelId}`,
    })
}

async function readOverridden(tx: Tx, target: OverrideTarget, at: Date): Promise<Json> {
  const { provider, modelId, field } = target
  const before = (await readOverrides(tx, provider, at)).find(
    (override) => override.modelId === modelId && override.field === field,
  )
  return before ? { field, value: before.value } : { field }
}

/** The value as it is stored: a price as canonical decimal text. */
function checkValue(field: string, value: unknown): FieldValue {
  try {
    if (isFieldName(field)) return checkField(field, value)
    if (field.startsWith('price.')) return checkPrice(field, value)
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    throw wrongValue(field, error.issues[0]?.message ?? 'it is not allowed')
  }
  throw new PlumblineError('invalid_argument', `A model has no field ${field}.`, {
    nextStep: 'Fields are listed by: plumbline override set --help',
  })
}

function checkField(field: FieldName, value: unknown): FieldValue {
  const checked = parseFieldValue(field, value)
  const overlong = findOverlong({ [field]: checked })
  if (overlong) throw wrongValue(field, `it may have ${overlong.allowed} characters`)
  return checked
}

function checkPrice(field: string, value: unknown): string {
  const amount = canonicalDecimal(String(value))
  if (amount === undefined || amount.startsWith('-'))
    throw wrongValue(field, 'a price is a decimal number, USD per million tokens')
  return parsePriceField(field, amount).amount
}

function wrongValue(field: string, why: string): PlumblineError {
  return new PlumblineError('invalid_argument', `${field} cannot be set to that: ${why}.`)
}
