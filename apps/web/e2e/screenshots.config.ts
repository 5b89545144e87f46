import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** `pnpm --filter @taskwire/web screenshots`: takes the screenshot that the README shows. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['apps/web/e2e/screenshots.ts'],
    globalSetup: './prisma/testing/server.ts',
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
})
