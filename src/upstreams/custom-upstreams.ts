/** Upstreams without code: any server that lists its models as OpenAI or as OpenRouter does. */
import { contentHash } from '../catalog/listing.ts'
import type { Config } from '../config.ts'
import type { CompatibleServer } from './compatible-server.ts'
import { readDeclaredUpstreams, type Declaration } from './declared-upstreams.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { openrouterCompatible } from './openrouter-compatible.ts'
import type { Upstream } from './upstream.ts'

export interface CustomUpstream {
  definition: Upstream
  /** It may be asked inside the operator's network. */
  allowPrivate: boolean
}

/**
 * Those of PLUMBLINE_OPENAI_COMPATIBLE, whose URLs come from the environment, and those of the file.
 * Throws `config_invalid` that lists every problem of the file.
 */
export function customUpstreams(
  { openaiCompatible: named, declaredUpstreams }: Config,
  registryIds: readonly string[],
): CustomUpstream[] {
  const takenIds = [...registryIds, ...named.map(({ id }) => id)]
  const declared = declaredUpstreams ? readDeclaredUpstreams(declaredUpstreams, takenIds) : []
  return [
    ...named.map(({ id, url }) => ({
      definition: openaiCompatible({ id, url, provider: id }),
      allowPrivate: true,
    })),
    ...declared.map((declaration) => ({
      definition: {
        ...define(declaration),
        adapterVersion: readingVersion(declaration),
      },
      allowPrivate: declaration.allow_private,
    })),
  ]
}

function define(declaration: Declaration): Upstream {
  const { id, url, key, unit, provider = id, complete, schedule, format } = declaration
  const server: CompatibleServer = {
    id,
    url,
    provider,
    ...(key === undefined ? {} : { keyEnv: key }),
    ...(complete === undefined ? {} : { complete }),
    ...(schedule === undefined ? {} : { schedule }),
  }
  if (format === 'openrouter') return openrouterCompatible(server)
  return openaiCompatible({ ...server, ...(unit === undefined ? {} : { priceUnit: unit }) })
}

/** Of what decides how the bytes are read: when the operator corrects it, the same bytes are read again. */
function readingVersion({ id, format, unit, provider = id }: Declaration): number {
  const hash = contentHash(JSON.stringify([format, unit, provider]))
  return Number.parseInt(hash.slice(0, 7), 16)
}
