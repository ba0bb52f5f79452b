import { configDefaults, defineConfig } from 'vitest/config'

const database = ['test/**/*.db.test.ts']
const faults = ['test/**/*.faults.test.ts']
const servers = { globalSetup: ['test/support/servers.ts'] }

export default defineConfig({
  test: {
    maxWorkers: 2,
    // A file that no longer exists is a mistake; a project without files yet is not.
    passWithNoTests: true,
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
