import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{prisma,packages,apps,testing,scripts,docs,bench}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts'],
    globalSetup: './prisma/testing/server.ts',
    setupFiles: './prisma/testing/network.ts',
    pool: 'forks',
    // Most of a test is waiting for a database, a process or a browser: one more than two cores keeps both busy.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
