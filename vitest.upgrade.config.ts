import { defineConfig } from 'vitest/config'

/** `pnpm test:upgrade`: the former version beside this one. In no CI: it needs the history, and installs another commit. */
export default defineConfig({
  test: {
    include: ['testing/outside/upgrade.trial.ts'],
    globalSetup: './prisma/testing/server.ts',
    pool: 'forks',
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
  },
})
