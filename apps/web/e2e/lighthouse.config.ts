import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** `pnpm --filter @taskwire/web lighthouse`: has Lighthouse judge the first screen. It needs the network. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['apps/web/e2e/lighthouse.ts'],
    globalSetup: './prisma/testing/server.ts',
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
  },
})
