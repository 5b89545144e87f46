import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{prisma,packages,apps,scripts,docs,bench}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts'],
    globalSetup: './prisma/test_server.ts',
    setupFiles: './prisma/test_network.ts',
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
