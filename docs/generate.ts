/** `npm run docs`: rewrites what the documents take from the code. Prints what changed. */
import { readFileSync, writeFileSync } from 'node:fs'
import { renderEnvExample } from '../src/config-docs.ts'
import { renderMarkedParts } from './marked-parts.ts'
import { renderUpstreamsPage } from './upstreams-page.ts'

for (const name of [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'docs/prices.md',
  'docs/point-your-tool-at-us.md',
])
  rewrite(name, (text) => renderMarkedParts(text))
rewrite('docs/upstreams.md', renderUpstreamsPage)
rewrite('.env.example', renderEnvExample)

function rewrite(name: string, render: (text: string) => string): void {
  const path = new URL(`../${name}`, import.meta.url)
  const before = readIfPresent(path)
  const after = render(before)
  if (after === before) return
  writeFileSync(path, after)
  console.log(`${name} rewritten`)
}

function readIfPresent(path: URL): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
