/** What `models list` and `models search` can be asked for. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { capabilities, isCapability, type Capability } from '../catalog/model-filter.ts'
import { readModelSort, sortNames, type ModelSort } from '../catalog/model-order.ts'
import {
  lifecycles,
  reviews,
  servedLifecycles,
  tiers,
  type Lifecycle,
  type Review,
} from '../catalog/model.ts'
import type { ModelQuery } from '../catalog/read-models.ts'
import { decimal, newCommand, positiveNumber, wholeNumber } from './new-command.ts'

const defaultLimit = 50

/** A command of `models` with every filter as an option. */
export function newModelsCommand(name: string) {
  return newCommand(name, 'plumbline models')
    .option('--provider <id>', 'of this provider')
    .option('--type <type>', 'chat, embedding, image, audio, …')
    .option('--family <family>', 'e.g. claude-sonnet')
    .option('--capability <name>', capabilities.join(', '), capability)
    .option('--modality <name>', 'takes or gives text, image, audio, video, pdf')
    .addOption(
      new Option('--lifecycle <state>', 'default: all but retired').choices([
        ...lifecycles,
        'all',
      ] as const),
    )
    .addOption(
      new Option('--review <state>').choices([...reviews, 'all'] as const).default('all' as const),
    )
    .addOption(new Option('--tier <tier>').choices(tiers))
    .option('--max-input-price <usd>', 'per million tokens', decimal)
    .option('--min-context <tokens>', 'context window', wholeNumber)
    .option('--sort <order>', `${sortNames.join(', ')}; -name for descending`, sort)
    .option('--limit <count>', 'models a page', positiveNumber, defaultLimit)
    .option('--page <number>', 'from 1', positiveNumber, 1)
    .option('--json', 'print JSON')
}

export type PageQuery = ModelQuery & { page: number }

type ModelOptions = Omit<PageQuery, 'lifecycle' | 'review'> & {
  lifecycle?: Lifecycle | 'all' | undefined
  review: Review | 'all'
}

/** Retired models are only shown on request: they are not served any more. */
export function toQuery({ lifecycle, review, ...query }: ModelOptions): PageQuery {
  return {
    ...query,
    lifecycle: lifecycle === undefined ? servedLifecycles : choice(lifecycle),
    review: choice(review),
  }
}

function choice<State extends string>(state: State | 'all'): State[] | undefined {
  return state === 'all' ? undefined : [state]
}

function capability(text: string): Capability {
  const name = text.replaceAll('-', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  if (isCapability(name)) return name
  throw new InvalidArgumentError(`There are: ${capabilities.join(', ')}.`)
}

function sort(text: string): ModelSort {
  const order = readModelSort(text)
  if (order) return order
  throw new InvalidArgumentError(`There are: ${sortNames.join(', ')}.`)
}
