/** The documents say what is so: tables come from the code, and what they name exists. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { renderMarkedParts } from '../docs/marked-parts.ts'
import { readAlerts } from '../docs/read-alerts.ts'
import { renderUpstreamsPage } from '../docs/upstreams-page.ts'
import { describeConfig, renderEnvExample } from '../src/config-docs.ts'
import { describeMetrics } from '../src/metrics.ts'
import { formatPaths } from '../src/http/publishing/format-requests.ts'
import { upstreams } from '../src/upstreams/registry.ts'
import { listProjectFiles, projectHas, readProjectFile } from './support/project.ts'
import { readSources } from './support/source-files.ts'

const names = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'] as const
const documents = names.map((name) => ({ name, text: readProjectFile(name) }))
const all = documents.map(({ text }) => text).join('\n')

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  const text = heading.replaceAll(/[`*_]/g, '').toLowerCase()
  return text.replaceAll(/[^\p{L}\p{N}\s-]/gu, '').replaceAll(' ', '-')
}

function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
}

function anchorsIn(path: string): string[] {
  return headingsOf(readProjectFile(path)).map(anchorOf)
}

/** The first group of every match, each once. */
function found(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, group = '']) => group))]
}

describe('the tables', () => {
  it.each(documents)('of $name are those of the code (npm run docs rewrites them)', ({ text }) => {
    expect(renderMarkedParts(text)).toBe(text)
  })

  it('are all in the README', () => {
    const marks = found(readProjectFile('README.md'), /<!-- (\w+):begin -->/g)
    expect(marks).toEqual(['upstreams', 'config', 'errors', 'alerts', 'metrics', 'events'])
  })

  it('of docs/prices.md are those of the code (npm run docs rewrites them)', () => {
    const text = readProjectFile('docs/prices.md')
    expect(renderMarkedParts(text)).toBe(text)
    expect(found(text, /<!-- (\w+):begin -->/g)).toEqual(['meters', 'circumstances'])
  })

  it('of docs/prices.md name upstreams and files that exist', () => {
    const text = readProjectFile('docs/prices.md')
    const section = text.slice(
      text.indexOf('## Where they come from'),
      text.indexOf('## What exports'),
    )
    const named = found(section, /^\| ([a-z][a-z, -]+?) +\|/gm).flatMap((cell) => cell.split(', '))
    expect(named.length).toBeGreaterThan(10)
    const ids = new Set(upstreams.map(({ id }) => id))
    expect(named.filter((id) => !ids.has(id))).toEqual([])
    expect(found(text, topFolders).filter((path) => !projectHas(path))).toEqual([])
  })

  it('of docs/point-your-tool-at-us.md are those of the code (npm run docs rewrites them)', () => {
    const text = readProjectFile(toolsPage)
    expect(renderMarkedParts(text)).toBe(text)
    expect(found(text, /<!-- ([\w-]+):begin -->/g)).toEqual(['formats', 'format-parts'])
  })

  it('of docs/upstreams.md are those of the registry (npm run docs rewrites it)', () => {
    expect(readProjectFile('docs/upstreams.md')).toBe(renderUpstreamsPage())
  })

  it('of .env.example are the settings (npm run docs rewrites it)', () => {
    expect(readProjectFile('.env.example')).toBe(renderEnvExample())
  })
})

const toolsPage = 'docs/point-your-tool-at-us.md'
const topFolders = /`((?:src|test|ops|prisma|docs|bench|\.ci)\/[^`\s]*)`/g

describe('what the documents name exists:', () => {
  it.each(documents)('files and folders in $name', ({ text }) => {
    const paths = found(text, topFolders)
    // Of a pattern such as src/upstreams/<id>.ts the folder must exist.
    const missing = paths
      .map((path) => path.replace(/\/[^/]*[<*].*$/, '/'))
      .filter((path) => !projectHas(path))
    expect(missing).toEqual([])
  })

  it.each(documents)('links in $name, with their sections', ({ name, text }) => {
    const links = found(text, /\]\(([^)\s]+)\)/g).filter((link) => !/^https?:/.test(link))
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#')
      if (path !== '' && !projectHas(path)) return true
      return anchor !== undefined && !anchorsIn(path || name).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  it('links in docs/upstreams.md', () => {
    const links = found(readProjectFile('docs/upstreams.md'), /\]\(\.\.\/([^)\s]+)\)/g)
    expect(links.length).toBeGreaterThan(upstreams.length)
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#')
      return !projectHas(path) || (anchor !== undefined && !anchorsIn(path).includes(anchor))
    })
    expect(broken).toEqual([])
  })

  it('addresses and links in docs/point-your-tool-at-us.md', () => {
    const text = readProjectFile(toolsPage)
    const paths = found(text, /http:\/\/localhost:8080([\w/.-]*)/g)
    expect(paths.length).toBeGreaterThan(5)
    // A tool is given the whole address, or the base of several.
    const isServed = (path: string) =>
      formatPaths.some((served) => served === path || served.startsWith(`${path}/`))
    expect(paths.filter((path) => !isServed(path))).toEqual([])
    const links = found(text, /\]\(([^)\s]+)\)/g).map((link) => link.split('#'))
    const broken = links.filter(
      ([file, anchor = '']) => !anchorsIn(`docs/${file}`).includes(anchor),
    )
    expect(broken).toEqual([])
    expect(readProjectFile('README.md')).toContain(`(${toolsPage})`)
  })

  it('npm scripts', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readProjectFile('package.json')))
    const named = [...found(all, /npm run ([\w:-]+)/g), ...found(all, /npm (test)\b/g)]
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it('commands', () => {
    const commands = readProjectFile('src/cli/program.ts')
    const named = found(all, /(?:`|^|npx )plumbline ([a-z]+)/gm)
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !commands.includes(`  ${name}: {`))).toEqual([])
  })

  it('settings', () => {
    const known = describeConfig().map(
      ({ name }) => new RegExp(`^${name.replace(/<\w+>/, String.raw`(<\w+>|[A-Z\d_]+)`)}$`),
    )
    // Keys of some upstreams have another ending: GOOGLE_OAUTH_ACCESS_TOKEN.
    const keys = upstreams.flatMap(({ key }) => (key ? [new RegExp(`^${key.env}$`)] : []))
    const named = found(all, /\b([A-Z][A-Z\d]*_(?:[A-Z\d_]|<ID>)+)/g)
    expect(named.length).toBeGreaterThan(5)
    expect(
      named.filter((name) => ![...known, ...keys].some((pattern) => pattern.test(name))),
    ).toEqual([])
  })

  it('metrics', () => {
    const known = new Set(describeMetrics().map(({ name }) => name))
    expect(found(all, /\b(plumbline_\w+)/g).filter((name) => !known.has(name))).toEqual([])
  })

  it('a runbook for every alert, and an alert for every runbook', () => {
    const runbooks = anchorsIn('README.md').filter((anchor) => anchor.startsWith('runbook-'))
    const asked = readAlerts().map(({ runbookUrl }) => runbookUrl.replace('README.md#', ''))
    expect([...new Set(asked)].sort()).toEqual(runbooks.sort())
  })

  it('sections that comments in the code point to', () => {
    const pointers = readSources().flatMap(({ path }) =>
      [...readProjectFile(path).matchAll(/\b([A-Z]+)\.md(?: § ([\w ]+\w))?/g)].map(
        ([pointer, document = '', section]) => ({ path, pointer, document, section }),
      ),
    )
    const broken = pointers.filter(({ document, section }) => {
      if (!projectHas(`${document}.md`)) return true
      return (
        section !== undefined &&
        !headingsOf(readProjectFile(`${document}.md`)).some((heading) =>
          section.startsWith(heading),
        )
      )
    })
    expect(broken.map(({ path, pointer }) => `${path}: ${pointer}`)).toEqual([])
  })
})

describe('the documents', () => {
  it('keep the architecture on a page that is read in one go', () => {
    expect(readProjectFile('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(151)
  })

  it('mention every folder of the sources', () => {
    const folders = new Set(
      listProjectFiles('src')
        .map((path) => path.split('/').slice(0, 2).join('/'))
        .filter((path) => !path.endsWith('.ts') && path !== 'src/generated'),
    )
    const text = readProjectFile('ARCHITECTURE.md')
    expect([...folders].filter((folder) => !text.includes(`\`${folder}/`))).toEqual([])
  })
})
