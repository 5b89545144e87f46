import { defineConfig } from 'vitest/config'

/** `pnpm test:examples`: the samples of `examples`, installed from the registry and from our tarballs. Not in `.ci/run`: it takes minutes. */
export default defineConfig({
  test: {
    include: ['testing/outside/examples.trial.ts'],
    globalSetup: './prisma/testing/server.ts',
    pool: 'forks',
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
  },
})
