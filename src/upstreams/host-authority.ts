/** In what a host has the last word. */
import { fieldNames, type FieldName } from '../catalog/fields.ts'

/**
 * All that it says of what it serves but the date of release: its `created` is the day on which it took
 * the model up, which others state better.
 */
export const hostAuthority: readonly (FieldName | 'prices')[] = [
  ...fieldNames.filter((field) => field !== 'releaseDate'),
  'prices',
]
