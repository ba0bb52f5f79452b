/** `plumbline models offers`: who serves a model, and at which price. */
import { modelKey, parseModelKey } from '../catalog/model.ts'
import { viewModel } from '../catalog/model-view.ts'
import { readOffers, type Offer } from '../catalog/read-offers.ts'
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
      const offers = await withContext(async ({ db }) => {
        const key = parseModelKey(id)
        const found = key ? await readOffers(db, key) : []
        if (found.length === 0) throw await noModel(db, id)
        return found
      })
      if (json) printJson(offers.map(viewOffer))
      else print(offerTable(offers))
    })
}

function viewOffer({ model, sameBy }: Offer): object {
  const { id, provider, modelId, prices, contextWindow, lifecycle } = viewModel(model)
  return { id, provider, modelId, sameBy, prices, contextWindow, lifecycle }
}

function offerTable(offers: readonly Offer[]): string {
  const rows = offers.map(({ model, sameBy }): Cell[] => [
    model.provider,
    sameBy === 'itself' ? { text: modelKey(model), colour: 'bold' } : modelKey(model),
    priceCell(model, 'input'),
    priceCell(model, 'output'),
    tokens(model.fields.contextWindow),
    model.lifecycle,
  ])
  const head = ['provider', 'id', 'in $/M', 'out $/M', 'context', 'lifecycle']
  return renderTable(head, rows, { right: [2, 3, 4] })
}
