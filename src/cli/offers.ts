/** `plumbline models offers`: who serves a model, at which price, and in which variants. */
import { modelKey, parseModelKey } from '../catalog/model.ts'
import { viewModel } from '../catalog/model-view.ts'
import type { ListedModel } from '../catalog/models.ts'
import { readOffers, type Offer, type Variant } from '../catalog/read-offers.ts'
import { withContext } from './command-context.ts'
import { priceCell, tokens } from './model-table.ts'
import { examples, newCommand } from './new-command.ts'
import { noModel } from './no-model.ts'
import { renderTable, type Cell } from './table.ts'
import { print, printJson } from './terminal.ts'

export function offersCommand() {
  return newCommand('offers', 'plumbline models')
    .description('Show who serves a model, cheapest first.')
    .argument('<id>', 'provider/model-id')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('plumbline models offers openai/gpt-5'))
    .action(async (id, { json }) => {
      const { offers, variants } = await withContext(async ({ db }) => {
        const key = parseModelKey(id)
        const found = key && (await readOffers(db, key))
        if (!found || found.offers.length === 0) throw await noModel(db, id)
        return found
      })
      if (json) printJson({ offers: offers.map(viewOffer), variants: variants.map(viewVariant) })
      else print(offerTable(offers) + variantTable(variants))
    })
}

function viewOffer({ model, sameBy }: Offer): object {
  return { ...viewServed(model), sameBy }
}

function viewVariant({ model, variant }: Variant): object {
  return { ...viewServed(model), variant }
}

function viewServed(model: ListedModel): object {
  const { id, provider, modelId, prices, contextWindow, lifecycle } = viewModel(model)
  return { id, provider, modelId, prices, contextWindow, lifecycle }
}

const head = ['provider', 'id', 'in $/M', 'out $/M', 'context', 'lifecycle']

function offerTable(offers: readonly Offer[]): string {
  const rows = offers.map(({ model, sameBy }) =>
    cells(model, sameBy === 'itself' ? { text: modelKey(model), colour: 'bold' } : modelKey(model)),
  )
  return renderTable(head, rows, { right: [2, 3, 4] })
}

function variantTable(variants: readonly Variant[]): string {
  if (variants.length === 0) return ''
  const rows = variants.map(({ model, variant }) => [...cells(model, modelKey(model)), variant])
  return `\n\nOther snapshots and tiers of it:\n${renderTable([...head, 'variant'], rows, { right: [2, 3, 4] })}`
}

function cells(model: ListedModel, id: Cell): Cell[] {
  return [
    model.provider,
    id,
    priceCell(model, 'input'),
    priceCell(model, 'output'),
    tokens(model.fields.contextWindow),
    model.lifecycle,
  ]
}
