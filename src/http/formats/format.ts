/**
 * What a format of another tool is: where it is served, of which entries it consists, and what its
 * readers demand of it. Everything here is pure; publishing is the business of http/publishing/.
 */
import type { z } from 'zod'
import type { Catalog } from '../../catalog/read-catalog.ts'
import type { FlatPricePeriod } from '../../catalog/read-flat-prices.ts'

/** The catalog as one audience may see it: without what is retired or disabled. */
export interface FormatSource extends Catalog {
  /** LiteLLM's map as it was applied last; undefined: it never was, or nobody needs it. */
  litellmMap: ArchivedMap | undefined
  /** Of models that are retired by now, too; empty where nobody needs it. */
  pricePeriods: FlatPricePeriod[]
}

export interface ArchivedMap {
  text: string
  /** Of models that are in the catalog and not for this audience. */
  hiddenKeys: ReadonlySet<string>
}

/** What costs a query more, and so is read only for the formats that need it. */
export type Need = 'litellmMap' | 'pricePeriods'

export interface Entry {
  /** In an object; absent in an array. */
  key?: string
  /** Becomes JSON; amounts are `JsonDecimal` or text, never numbers. */
  value: unknown
  /** How many models it has; 1 where it is not said. */
  models?: number
}

/** A stretch of the document: what stands before, then the entries with commas, then what stands after. */
export interface Section {
  open: string
  close: string
  /** Undefined between two entries, or inside a long one: a good moment to let others have the processor. */
  entries: (source: FormatSource) => Iterable<Entry | undefined>
  /** What the tools that read it require of each entry, as parsed from its JSON. */
  schema: z.ZodType
}

/** What an acceptance rule judges. */
export interface Candidate {
  models: number
  /** What is wrong with the first entry that its readers would not take. */
  invalid: string | undefined
}

/** Undefined = fit to be published; else why not. `previous` is the most that was published lately. */
export type Acceptance = (
  candidate: Candidate,
  previous: Pick<Candidate, 'models'> | undefined,
) => string | undefined

export interface Format {
  /** Of the export, the metric and the log. */
  name: string
  path: string
  /** Further paths with the same answer. */
  aliases?: readonly string[]
  summary: string
  needs?: readonly Need[]
  sections: readonly Section[]
  accept: Acceptance
}

/** Below half of what was served before, the tools take it for a corrupt file, and so do we. */
const smallestShare = 0.5

export function acceptIf({ minimum }: { minimum: number }): Acceptance {
  return ({ models, invalid }, previous) => {
    if (invalid !== undefined) return invalid
    if (models < minimum) return `it has ${models} models, and its readers want ${minimum} at least`
    return previous && models < previous.models * smallestShare
      ? `it would shrink from ${previous.models} to ${models} models`
      : undefined
  }
}
