/**
 * A model's id has slashes (`openrouter/openai/gpt-5`), and so has a path. Both forms are taken: the id
 * encoded (`/api/v1/models/openrouter%2Fopenai%2Fgpt-5/prices`) and as it is. Before the router sees a
 * URL, an id as it is gets encoded, so every route has the id as one segment.
 */

/** What may follow an id. An id that ends in one of these words must be sent encoded. */
const subresources: ReadonlySet<string> = new Set([
  'benchmarks',
  'changes',
  'offers',
  'price-history',
  'prices',
  'endpoints',
])

interface IdPlace {
  /** Everything below is an id. */
  below: string
  /** First segments that are routes of their own. */
  routes?: ReadonlySet<string>
}

const places: readonly IdPlace[] = [
  {
    below: '/api/v1/models/',
    routes: new Set(['batch', 'compare', 'capability', 'recommend', 'refresh']),
  },
  { below: '/v1/models/' },
  { below: '/openrouter/api/v1/models/' },
]

export function encodeModelId(url: string): string {
  const place = places.find(({ below }) => url.startsWith(below))
  if (!place) return url
  const [path = '', ...query] = url.split('?')
  const segments = path.slice(place.below.length).split('/')
  const [first = ''] = segments
  if (place.routes?.has(first)) return url
  const last = segments.at(-1) ?? ''
  // A single segment before the word is an encoded id, or no id at all: the router tells.
  const tail = segments.length > 1 && subresources.has(last) ? `/${segments.pop() ?? ''}` : ''
  return [place.below + segments.join('%2F') + tail, ...query].join('?')
}
