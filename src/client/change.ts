import type { CatalogChangedData } from '../events/events.ts'

/**
 * One version of the catalog. `added`, `updated` and `removed` name models as `provider/model-id`;
 * with `truncated` they are incomplete: drop everything of `provider`, or everything where it is null.
 */
export interface CatalogChanged extends CatalogChangedData {
  type: 'changed'
  /** ISO 8601. */
  committedAt: string
}

/** What changed up to `version` cannot be told: drop everything that was read from the catalog. */
export interface CatalogReset {
  type: 'reset'
  version: number
  /**
   * `unreplayable`: versions were missed and are kept nowhere within reach. `rewound`: the catalog
   * has gone back to an older version (restored from a backup), `version` is lower than before.
   * `late_start`: the version was not known when following began.
   */
  reason: 'unreplayable' | 'rewound' | 'late_start'
}

export type CatalogChange = CatalogChanged | CatalogReset
