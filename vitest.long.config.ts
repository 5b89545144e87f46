import { defineConfig } from 'vitest/config'

/** The trials that take longer than anybody wants to wait at every change. */
export default defineConfig({
  test: {
    include: ['{prisma,packages,apps,testing,scripts,docs,bench}/**/*.long.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: './prisma/testing/server.ts',
    setupFiles: './prisma/testing/network.ts',
    pool: 'forks',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    passWithNoTests: true,
  },
})
