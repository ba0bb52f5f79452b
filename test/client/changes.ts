import type { CatalogChange, CatalogChanged } from '../../src/client/index.ts'

/** A change of one model of `acme`. */
export function change(version: number): CatalogChanged {
  return {
    type: 'changed',
    version,
    upstream: 'models-dev',
    provider: 'acme',
    runId: null,
    added: [],
    updated: [{ id: `acme/model-${version}`, fields: ['name'] }],
    removed: [],
    truncated: false,
    committedAt: '2026-11-21T10:00:00.000Z',
  }
}

/** `5` for a change, `reset to 5` for a reset: readable in an assertion. */
export function summary(delivered: CatalogChange): number | string {
  return delivered.type === 'reset' ? `reset to ${delivered.version}` : delivered.version
}

/** first, first + 1, …, last. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
