import { defineConfig } from 'vitest/config'

/** Rolling restarts behind nginx and Caddy as docs/scale.md configures them. In no CI: they take minutes (docs/reliability.md). */
export default defineConfig({
  test: {
    include: ['apps/server/src/process/replicas/proxies.trial.ts'],
    globalSetup: './prisma/testing/server.ts',
    pool: 'forks',
    testTimeout: 86_400_000,
    hookTimeout: 600_000,
  },
})
