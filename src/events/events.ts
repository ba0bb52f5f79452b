/**
 * The event map: every event that leaves Plumbline, in one table. On the wire each is one CloudEvents
 * 1.0 object in JSON (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md). Events are
 * hints that may come twice; the catalog's version in PostgreSQL is the truth.
 */
import { z } from 'zod'

const Version = z.int().positive()
const Id = z.int().positive()

export const UpdatedModel = z.object({
  /** `provider/model-id`. */
  id: z.string(),
  /** Names as in catalog/fields.ts, `price.<component>`, `lifecycle`, … */
  fields: z.array(z.string()),
})
export type UpdatedModel = z.infer<typeof UpdatedModel>

export const CatalogChangedData = z.object({
  version: Version,
  /** Null: not from an upstream (an operator's override, a sweep of retired models). */
  upstream: z.string().nullable(),
  /** Null: the models may be anybody's. */
  provider: z.string().nullable(),
  runId: Id.nullable(),
  /** Ids are `provider/model-id`. */
  added: z.array(z.string()),
  updated: z.array(UpdatedModel),
  removed: z.array(z.string()),
  /** The lists do not name everything: drop all that is known of the provider (null: of everybody). */
  truncated: z.boolean(),
})
export type CatalogChangedData = z.infer<typeof CatalogChangedData>

export const CatalogResetData = z.object({
  /** Whoever reads everything again is at this version or a later one. */
  version: z.int().nonnegative(),
  /** Versions that followed are not kept any more, or the catalog has gone back (restored from a backup). */
  reason: z.enum(['unreplayable', 'rewound']),
})
export type CatalogResetData = z.infer<typeof CatalogResetData>

export const HoldOpenedData = z.object({
  holdId: Id,
  /** The whole slice waits, or one value of one model. */
  kind: z.enum(['slice', 'value']),
  upstream: z.string(),
  provider: z.string(),
  /** `model-id`, as in the table; null for a slice. */
  modelId: z.string().nullable(),
  field: z.string().nullable(),
  /** The guard that held it, a short snake_case word. */
  reason: z.string(),
  message: z.string(),
  runId: Id.nullable(),
})
export type HoldOpenedData = z.infer<typeof HoldOpenedData>

export const UpstreamFailingData = z.object({
  upstream: z.string(),
  consecutiveFailures: z.int().positive(),
  /** A code of errors.ts. */
  errorCode: z.string(),
  message: z.string(),
  /** ISO 8601; null: it never succeeded. */
  lastSuccessAt: z.string().nullable(),
})
export type UpstreamFailingData = z.infer<typeof UpstreamFailingData>

export const UpstreamRecoveredData = z.object({
  upstream: z.string(),
  /** How many collects had failed in a row. */
  consecutiveFailures: z.int().positive(),
  /** The success before the failures, ISO 8601; null: this is the first one. */
  lastSuccessAt: z.string().nullable(),
})
export type UpstreamRecoveredData = z.infer<typeof UpstreamRecoveredData>

export interface EventSpec {
  data: z.ZodType
  about: string
}

export const eventMap = {
  'plumbline.catalog.changed': {
    data: CatalogChangedData,
    about: 'When a commit changed models: one event a version, without gaps.',
  },
  'plumbline.catalog.reset': {
    data: CatalogResetData,
    about:
      'When what changed cannot be told (on the stream over HTTP only): read the whole catalog again.',
  },
  'plumbline.hold.opened': {
    data: HoldOpenedData,
    about: 'When a change was not plausible and now waits for an operator.',
  },
  'plumbline.upstream.failing': {
    data: UpstreamFailingData,
    about: 'When an upstream has failed so often that it is left alone for a while.',
  },
  'plumbline.upstream.recovered': {
    data: UpstreamRecoveredData,
    about: 'When a failing upstream has answered again.',
  },
} as const satisfies Record<string, EventSpec>

export type EventType = keyof typeof eventMap
export type EventData<Type extends EventType> = z.infer<(typeof eventMap)[Type]['data']>
/** Events about operations, not about the catalog; their outbox is the table `notices`. */
export type NoticeType = Exclude<EventType, `plumbline.catalog.${string}`>

/** The envelope. Two events with the same `id` are the same event. */
export interface CloudEvent<Type extends EventType, Data> {
  specversion: '1.0'
  /**
   * The catalog's version as text; `reset-<version>`; `notice-<number>` for notices, which count for
   * themselves.
   */
  id: string
  source: 'plumbline'
  type: Type
  /** When it was committed, ISO 8601. */
  time: string
  datacontenttype: 'application/json'
  /** The provider; of notices about an upstream, the upstream. Absent: no single one. */
  subject?: string
  data: Data
}

export type PlumblineEvent = { [Type in EventType]: CloudEvent<Type, EventData<Type>> }[EventType]
export type CatalogChangedEvent = CloudEvent<'plumbline.catalog.changed', CatalogChangedData>
export type CatalogResetEvent = CloudEvent<'plumbline.catalog.reset', CatalogResetData>
export type NoticeEvent = Extract<PlumblineEvent, { type: NoticeType }>
