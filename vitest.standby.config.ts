import { defineConfig } from 'vitest/config'

/** `pnpm test:standby`: reads from standbys over failovers, and through two servers. In no CI: it takes a minute. */
export default defineConfig({
  test: {
    include: ['{prisma,apps/server}/src/**/standby*.trial.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
