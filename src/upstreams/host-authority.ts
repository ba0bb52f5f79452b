/** In what a host or a gateway has the last word, and a lab whose API says when a model came to the API. */
import { fieldNames, type FieldName } from '../catalog/fields.ts'

/**
 * All that it says of what it serves but the date of release: its `created` is the day on which it took
 * the model up (test/upstreams/release-dates.test.ts), which others state better.
 */
export const hostAuthority: readonly (FieldName | 'prices')[] = [
  ...fieldNames.filter((field) => field !== 'releaseDate'),
  'prices',
]
