/** The copy of the list that the npm package carries: what fills a catalog without internet. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { genaiPricesProviders } from './genai-prices-providers.ts'
import type { OfflinePayload } from './upstream.ts'

const packageName = '@pydantic/genai-prices'

/** In the shape of the URL's payload. */
export async function packagedGenaiPrices(): Promise<OfflinePayload> {
  // 0.8 MB of code that only a machine without internet needs, hence not at the top of the file.
  const { findProvider } = await import('@pydantic/genai-prices')
  // The package does not export its list, only how to find a provider in it: by its id, or by a
  // pattern of names where no id is the same, so the id is compared.
  const providers = Object.keys(genaiPricesProviders).flatMap((id) => {
    const provider = findProvider({ providerId: id })
    return provider?.id === id ? [provider] : []
  })
  return {
    source: `the npm package ${packageName} ${await packageVersion()}`,
    body: JSON.stringify(providers, withoutConstraintType),
  }
}

/** The package adds a `type` to each constraint, which the published file does not have. */
function withoutConstraintType(key: string, value: unknown): unknown {
  if (key !== 'constraint' || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'type'))
}

// package.json is not among the package's exports; it lies beside the folder of its entry point.
async function packageVersion(): Promise<string> {
  const file = new URL('../package.json', import.meta.resolve(packageName))
  return z.object({ version: z.string() }).parse(JSON.parse(await readFile(file, 'utf8'))).version
}
