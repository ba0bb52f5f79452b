/**
 * DeepInfra tells tiers in prose: "$1.2 in $6 out $0.24 cached <= 32K, $2.4 in $12 out $0.48 cached <=
 * 128K, $3 in $15 out $0.6 cached > 128K", USD per one million tokens, bounds in tokens of the prompt.
 * Known from the code of others that read it (models.dev's sync, 2026-08); not seen recorded.
 */
import { readAmount, type Meter, type PriceComponent } from '../catalog/price.ts'

const pricePattern = String.raw`\$\s*(\d+(?:\.\d+)?)`
const stepPattern = new RegExp(
  String.raw`^${pricePattern}\s+in\s+${pricePattern}\s+out(?:\s+${pricePattern}\s+cached)?(?:\s*(<=|>)\s*(\d+)\s*([KM]))?$`,
  'i',
)

interface Step {
  amounts: Map<Meter, string>
  /** "<=": the last prompt of this step; ">": the last one of the step before. */
  sign: string | undefined
  bound: number | undefined
}

/**
 * The components of all steps, the first of which has no bound. Undefined where the text is not wholly
 * understood, or has just one step: then the prices beside it say all that there is.
 */
export function readTierText(text: string): PriceComponent[] | undefined {
  const steps = text.split(',').map((step) => readStep(step.trim()))
  if (steps.length < 2 || steps.includes(undefined)) return undefined
  const components: PriceComponent[] = []
  let lowerBound = 0
  for (const [index, step] of steps.entries()) {
    const upperBound = step && upperBoundOf(step, lowerBound, index === steps.length - 1)
    if (!step || upperBound === undefined) return undefined
    for (const [meter, amount] of step.amounts)
      components.push({ meter, amount, ...(lowerBound === 0 ? {} : { minTokens: lowerBound }) })
    lowerBound = upperBound
  }
  return components
}

/** Undefined where the steps do not follow on one another. */
function upperBoundOf(
  { sign, bound }: Step,
  lowerBound: number,
  isLast: boolean,
): number | undefined {
  if (isLast && (sign === undefined || (sign === '>' && bound === lowerBound)))
    return Number.POSITIVE_INFINITY
  return sign === '<=' && bound !== undefined && bound > lowerBound ? bound : undefined
}

function readStep(text: string): Step | undefined {
  const match = stepPattern.exec(text)
  if (!match) return undefined
  const [, input, output, cached, sign, count, unit = ''] = match
  const amounts = new Map<Meter, string>()
  for (const [meter, stated] of [
    ['input', input],
    ['output', output],
    ['cache_read', cached],
  ] as const) {
    const amount = readAmount(stated, 'usdPerMillionTokens')
    if (amount !== undefined) amounts.set(meter, amount)
  }
  const thousands = unit.toUpperCase() === 'M' ? 1_000_000 : 1000
  return { amounts, sign, bound: count === undefined ? undefined : Number(count) * thousands }
}
