/**
 * Says when the price of a model changes, and answers what a model costs now, from a mirror of the
 * catalog in memory: no request waits for Plumbline, and none is answered from half of a version.
 */
import { createServer } from 'node:http'
import { mirrorCatalog } from 'plumbline/client'

const { PLUMBLINE_URL = 'http://127.0.0.1:8080', PLUMBLINE_API_KEY, PORT = '8090' } = process.env

/** @type {Map<string, string>} What each model cost when it was looked at last. */
const prices = new Map()

const mirror = await mirrorCatalog({
  url: PLUMBLINE_URL,
  ...(PLUMBLINE_API_KEY ? { apiKey: PLUMBLINE_API_KEY } : {}),
  onUpdate: report,
  onError: (error) => console.error(`plumbline: ${error.message}`),
})
for (const model of mirror.all()) prices.set(model.id, priceOf(model))
console.log(`${mirror.size} models at version ${mirror.version}`)

/** @param {import('plumbline/client').MirrorUpdate} update */
function report({ version, changed, removed }) {
  for (const id of changed) {
    const model = mirror.get(id)
    if (!model) continue
    const [before, now] = [prices.get(id), priceOf(model)]
    if (before === undefined) console.log(`v${version} new ${id}: ${now}`)
    else if (before !== now) console.log(`v${version} ${id}: ${before} -> ${now}`)
    prices.set(id, now)
  }
  for (const id of removed) {
    console.log(`v${version} gone ${id}`)
    prices.delete(id)
  }
}

/** @param {import('plumbline/client').CatalogModel} model */
function priceOf({ prices: { state, currency, input, output } }) {
  if (state !== 'priced') return state
  return `${input ?? '?'} in, ${output ?? '?'} out (${currency} per million tokens)`
}

const server = createServer((request, response) => {
  const id = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname.slice(1))
  const model = mirror.get(id)
  const answer = model
    ? { id, version: mirror.version, staleForMs: Math.round(mirror.staleForMs), ...model.prices }
    : { error: `There is no model ${id}.` }
  response.writeHead(model ? 200 : 404, {
    'content-type': 'application/json',
    // Whoever calls decides how old a price may be.
    'x-catalog-stale': String(mirror.isStale()),
  })
  response.end(JSON.stringify(answer))
})
server.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address()
  console.log(
    `http://127.0.0.1:${typeof address === 'object' ? address?.port : PORT}/PROVIDER/MODEL`,
  )
})

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    server.close()
    server.closeAllConnections()
    await mirror.close()
  })
