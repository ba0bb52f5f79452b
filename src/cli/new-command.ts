/** How every command behaves: wrong use is thrown, help is coloured and ends with an example. */
import { styleText } from 'node:util'
import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { canonicalDecimal } from '../json.ts'

/** `parent` as one types it, for the pointer to the right help. */
export function newCommand(name: string, parent = 'plumbline') {
  const path = name === parent ? name : `${parent} ${name}`
  return new Command(name)
    .exitOverride()
    .showHelpAfterError(`(see ${path} --help)`)
    .configureHelp({
      styleTitle: (title) => styleText('bold', title, { validateStream: false }),
      sortSubcommands: false,
    })
}

/** Example lines below a command's help; what a line means comes after `#`. */
export function examples(...lines: readonly string[]): string {
  return ['', `Example${lines.length > 1 ? 's' : ''}:`, ...lines.map((line) => `  $ ${line}`)].join(
    '\n',
  )
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

export function positiveNumber(text: string): number {
  const number = wholeNumber(text)
  if (number === 0) throw new InvalidArgumentError('It must be 1 or more.')
  return number
}

/** Decimal text, as it stays. */
export function decimal(text: string): string {
  const amount = canonicalDecimal(text)
  if (amount === undefined || amount.startsWith('-'))
    throw new InvalidArgumentError('It must be a decimal number, such as 0.5.')
  return amount
}
