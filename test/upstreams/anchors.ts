/**
 * The anchors of the units: prices of well-known models as they were published, each with a second
 * source that states the same to the digit. Whoever reads a price in a wrong unit fails here.
 */
import { aggregatorAnchors } from './anchors-aggregators.ts'
import { gatewayAnchors } from './anchors-gateways.ts'
import { hostAnchors } from './anchors-hosts.ts'
import { labAnchors } from './anchors-labs.ts'

/** One provider's models in one payload. */
export interface AnchorSource {
  upstream: string
  /** Under ../shared/data; under test/ where it begins with `fixtures/`. */
  file: string
  /** Absent: the names of the models begin with their provider. */
  provider?: string
}

/**
 * What it is called, the amounts by the keys of their components (price.ts) as decimal text, and what
 * the second source calls it; `;mode=flex` there stands behind the keys as well.
 */
export type Anchor = readonly [
  model: string,
  published: Readonly<Record<string, string>>,
  inSecond?: string,
]

export interface AnchorGroup {
  of: AnchorSource
  /** Read by another adapter, from a payload of about the same day. */
  second: AnchorSource
  prices: readonly Anchor[]
}

export const anchorGroups: readonly AnchorGroup[] = [
  ...aggregatorAnchors,
  ...gatewayAnchors,
  ...hostAnchors,
  ...labAnchors,
]
