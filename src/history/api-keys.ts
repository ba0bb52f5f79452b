/** API keys as rows: of the secret only a hash is stored. Creating and revoking is audited. */
import { inTransaction, type Db, type Reader } from '../catalog/database.ts'
import type { Tier } from '../catalog/model.ts'
import { PlumblineError } from '../errors.ts'
import { recordAudit } from './audit.ts'

export const keyScopes = ['read', 'refresh', 'admin'] as const
export type KeyScope = (typeof keyScopes)[number]

export interface ApiKey {
  /** The public part of the key's text. */
  id: string
  name: string
  scopes: KeyScope[]
  /** Null: as who shows no key. */
  tier: Tier | null
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  /** To the minute or so. */
  lastUsedAt: Date | null
}

export interface StoredApiKey extends ApiKey {
  hash: string
}

export interface NewApiKey extends Pick<ApiKey, 'id' | 'name' | 'scopes' | 'tier' | 'expiresAt'> {
  hash: string
}

export async function createApiKey(db: Db, key: NewApiKey, actor: string): Promise<void> {
  const { id, name, hash, scopes, tier, expiresAt } = key
  await inTransaction(db, async (tx) => {
    await tx.$executeRaw`
      INSERT INTO api_keys (id, name, hash, scopes, tier, expires_at)
      VALUES (${id}, ${name}, ${hash}, ${scopes}, ${tier}, ${expiresAt})`
    const after = { name, scopes, tier, expiresAt: expiresAt?.toISOString() ?? null }
    await recordAudit(tx, { actor, action: 'key.create', object: `key/${id}`, after })
  })
}

/** Newest first. */
export async function listApiKeys(reader: Reader): Promise<ApiKey[]> {
  return reader.$queryRaw<ApiKey[]>`
    SELECT id, name, scopes, tier, created_at AS "createdAt", expires_at AS "expiresAt",
      revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"
    FROM api_keys ORDER BY created_at DESC, id`
}

/** Also what has expired or was revoked: the caller judges. */
export async function findApiKey(reader: Reader, id: string): Promise<StoredApiKey | undefined> {
  const [key] = await reader.$queryRaw<StoredApiKey[]>`
    SELECT id, name, hash, scopes, tier, created_at AS "createdAt", expires_at AS "expiresAt",
      revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"
    FROM api_keys WHERE id = ${id}`
  return key
}

/** Revoking twice is no error. Throws `not_found`. */
export async function revokeApiKey(db: Db, id: string, actor: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (!(await findApiKey(tx, id)))
      throw new PlumblineError('not_found', `There is no key ${id}.`, {
        nextStep: 'List them with: plumbline keys list',
      })
    const revoked = await tx.$executeRaw`
      UPDATE api_keys SET revoked_at = now() WHERE id = ${id} AND revoked_at IS NULL`
    if (revoked > 0)
      await recordAudit(tx, { actor, action: 'key.revoke', object: `key/${id}`, after: null })
  })
}

/** At most once a minute per key, whoever calls. */
export async function recordKeyUse(db: Pick<Db, '$executeRaw'>, id: string): Promise<void> {
  await db.$executeRaw`
    UPDATE api_keys SET last_used_at = now()
    WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`
}
