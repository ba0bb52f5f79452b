// Prisma's own commands (generate, migrate) read this; the product itself applies migrations
// with `plumbline migrate`, since Prisma's engine cannot be downloaded on an air-gapped machine.
import { defineConfig } from 'prisma/config'

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
})
