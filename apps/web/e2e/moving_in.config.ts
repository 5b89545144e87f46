import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** `pnpm --filter @taskwire/web moving-in`: databases of the old service, imported, then seen in a real browser. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['apps/web/e2e/moving_in.trial.ts'],
    globalSetup: './prisma/testing/server.ts',
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
})
