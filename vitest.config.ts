import { configDefaults, defineConfig } from 'vitest/config'

const database = ['test/**/*.db.test.ts']
const faults = ['test/**/*.faults.test.ts']
const servers = { globalSetup: ['test/support/servers.ts'] }

export default defineConfig({
  test: {
    // Two cores are what a small machine has, and the servers want their share.
    maxWorkers: 2,
    // What a test that passed has printed is nobody's news.
    silent: 'passed-only',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...database, ...faults],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'db',
          include: database,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          ...servers,
        },
      },
      {
        test: {
          name: 'faults',
          include: faults,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          ...servers,
        },
      },
    ],
  },
})
