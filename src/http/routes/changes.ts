/** What changed: everything since a version, page by page, and what happened to one model. */
import type { FastifyInstance } from 'fastify'
import { viewChange } from '../../catalog/change-view.ts'
import { modelKey } from '../../catalog/model.ts'
import {
  readChangesAfter,
  readModelHistory,
  type ChangeCursor,
  type ChangePage,
} from '../../catalog/read-changes.ts'
import { requireKnownVersion } from '../../catalog/version-range.ts'
import { registerCatalogRoute } from '../catalog-route.ts'
import type { HttpContext } from '../http-context.ts'
import { requireModel } from '../require-model.ts'
import {
  ChangePageSchema,
  ChangesQuery,
  ModelChangesQuery,
  ModelChangesSchema,
  showCursor,
} from '../schemas/changes.ts'
import { ModelParams, NoParams } from '../schemas/models.ts'

export function registerChanges(app: FastifyInstance, context: HttpContext): void {
  registerCatalogRoute(app, context, {
    url: '/api/v1/changes',
    summary: 'What changed since a version',
    description:
      'Oldest first and without gaps. Follow `next` until it is null (a page before that may be empty); then ask again with `since` = `completeTo`. A version that is not kept any more is answered with 410 (`version_gone`), one that the catalog never reached with 409 (`version_ahead`): read the catalog anew then.',
    tags: ['changes'],
    params: NoParams,
    querystring: ChangesQuery,
    response: ChangePageSchema,
    nextAs: 'next',
    kind: 'list',
    read: async (reader, { query, audience }) => {
      const { since = 0, next, limit, provider, kind } = query
      const after = next ?? { version: since, rowId: 0 }
      await requireKnownVersion(reader, after.version)
      const filter = { audience, limit, provider, kinds: kind }
      return viewPage(after, await readChangesAfter(reader, after, filter))
    },
  })
  registerCatalogRoute(app, context, {
    url: '/api/v1/models/:id/changes',
    summary: 'What happened to a model, newest first',
    tags: ['changes'],
    params: ModelParams,
    querystring: ModelChangesQuery,
    response: ModelChangesSchema,
    nextAs: 'next',
    kind: 'provider',
    read: async (reader, { params, query, audience }) => {
      const model = await requireModel(reader, params.id, audience)
      const { changes, next } = await readModelHistory(reader, model, query.limit, query.next)
      return { id: modelKey(model), next: showCursor(next), changes: changes.map(viewChange) }
    },
  })
}

function viewPage(after: ChangeCursor, { version, next, changes }: ChangePage) {
  // Neither the version that a page begins within nor the one that it ends within is told in full yet.
  const begun = after.rowId > 0 ? after.version - 1 : after.version
  const completeTo = next ? Math.max(begun, next.version - 1) : version
  return { version, completeTo, next: showCursor(next), changes: changes.map(viewChange) }
}
