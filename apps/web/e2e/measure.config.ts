import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** `pnpm --filter @taskwire/web measure`: times the app. It needs a machine that does nothing else. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['apps/web/e2e/*.measure.ts'],
    globalSetup: './prisma/testing/server.ts',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
})
