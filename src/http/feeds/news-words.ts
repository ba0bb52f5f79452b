/** An item of a feed in words. Plain text: whoever puts it into markup escapes it. */
import type { FieldChange } from '../../catalog/flat-record.ts'
import { modelKey } from '../../catalog/model.ts'
import type { NewsItem, NewsKind } from '../../catalog/read-news.ts'
import { byImportance, priceWords, statedText } from './price-words.ts'

const titledPrices = 3

/** "openai/gpt-5: input price 1.25 → 1.00 USD per million tokens (−20 %)" */
export function newsTitle(item: NewsItem): string {
  return `${modelKey(item)}: ${titleWords[item.kind](item)}`
}

/** One line each; for prices all of them. */
export function newsLines(item: NewsItem): string[] {
  const { kind, changes, currency } = item
  if (kind === 'price' || kind === 'new')
    return changes.toSorted(byImportance).map((change) => priceWords(change, currency))
  return [titleWords[kind](item)]
}

const titleWords = {
  price(item) {
    const lines = newsLines(item)
    const rest = lines.length - titledPrices
    const titled = rest > 0 ? lines.slice(0, titledPrices - 1) : lines
    return titled.join('; ') + (rest > 0 ? `; and ${lines.length - titled.length} more` : '')
  },
  new({ name, modelId, changes, currency }) {
    const flat = changes.filter(({ field }) => field === 'price.input' || field === 'price.output')
    const prices = flat.toSorted(byImportance).map((change) => priceWords(change, currency))
    return [name === modelId ? 'new model' : `new model (${name})`, ...prices].join(', ')
  },
  deprecated({ changes }) {
    const [from, instead] = [stated(changes, 'deprecatedAt'), stated(changes, 'replacedBy')]
    return [
      from === undefined ? 'deprecated' : `deprecated from ${from}`,
      ...(instead === undefined ? [] : [`replaced by ${instead}`]),
    ].join(', ')
  },
  retired: () => 'retired',
  returned: () => 'listed again',
} as const satisfies Record<NewsKind, (item: NewsItem) => string>

function stated(changes: readonly FieldChange[], name: string): string | undefined {
  return statedText(changes.find(({ field }) => field === name)?.to)
}
