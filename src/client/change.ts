/**
 * What a follower is told. Declared here and not taken from the server's sources: this folder stands
 * alone. test/client/change.test.ts compares the two.
 */
export interface UpdatedModel {
  /** `provider/model-id`. */
  id: string
  /** Names of fields, `price.<component>`, `lifecycle`, … */
  fields: string[]
}

/**
 * One version of the catalog. `added`, `updated` and `removed` name models as `provider/model-id`;
 * with `truncated` they are incomplete: drop everything of `provider`, or everything where it is null.
 */
export interface CatalogChanged {
  type: 'changed'
  version: number
  /** Null: not from an upstream, but an operator's. */
  upstream: string | null
  provider: string | null
  runId: number | null
  added: string[]
  updated: UpdatedModel[]
  removed: string[]
  truncated: boolean
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
