/** The change log as the API shows it: the view of catalog/change-view.ts as a schema. */
import { z } from 'zod'
import type { ChangeCursor } from '../../catalog/read-changes.ts'
import { Limit, someOf, Whole, word } from './model-query.ts'
import { sampleChange } from './samples.ts'

export const toldKinds = [
  'added',
  'updated',
  'missing',
  'retired',
  'returned',
  'withdrawn',
] as const

export const Version = Whole(0, Number.MAX_SAFE_INTEGER)

/** Opaque to callers: a version and a row of it. */
const Cursor = z
  .string()
  .regex(/^\d{1,15}\.\d{1,15}$/, 'is no cursor: pass `next` of the answer before, as it is')
  .transform((text): ChangeCursor => {
    const [version = 0, rowId = 0] = text.split('.').map(Number)
    return { version, rowId }
  })

export function showCursor(cursor: ChangeCursor | undefined): string | null {
  return cursor ? `${cursor.version}.${cursor.rowId}` : null
}

export const ChangesQuery = z
  .strictObject({
    since: Version.optional().meta({
      description:
        'What came after this version is told; 0: everything. Required where `next` is not given.',
      samples: [0],
    }),
    next: Cursor.optional().describe('From the answer before: goes on where it ended.'),
    provider: word.optional().meta({ description: 'Id of a provider.', samples: ['openai'] }),
    kind: someOf(toldKinds).optional().describe('Comma list.'),
    limit: Limit,
  })
  .refine(({ since, next }) => since !== undefined || next !== undefined, {
    path: ['since'],
    message: 'is required: the version that your copy is of, or 0',
  })

const next = z.string().nullable().describe('Cursor of the next page; null: this is the last one.')

export const ChangeSchema = z
  .object({
    version: z.int(),
    committedAt: z.iso.datetime(),
    id: z.string().describe('provider/model-id'),
    kind: z
      .enum(toldKinds)
      .describe(
        'added: new, or there again. missing: absent from the lists, served on. withdrawn: no longer there for you (disabled, or of another tier).',
      ),
    upstream: z.string().nullable().describe('Null: an operator did it.'),
    runId: z.int().nullable(),
    changes: z
      .array(
        z.object({
          field: z.string().describe('A field of the model, price.<component>, extra.<…>.'),
          from: z.unknown().describe('Null: it was not stated.'),
          to: z.unknown().describe('Null: it is not stated any more.'),
        }),
      )
      .describe('Empty for what was added or withdrawn: the model itself is the change.'),
  })
  .meta({ id: 'Change', samples: [sampleChange] })

export const ChangePageSchema = z.object({
  version: z.int().describe('The catalog’s.'),
  completeTo: z
    .int()
    .describe('Everything up to this version has been told, this page and those before included.'),
  next,
  changes: z.array(ChangeSchema).describe('Oldest first.'),
})

export const ModelChangesQuery = z.strictObject({ next: Cursor.optional(), limit: Limit })

export const ModelChangesSchema = z.object({
  id: z.string(),
  next,
  changes: z.array(ChangeSchema).describe('Newest first.'),
})
