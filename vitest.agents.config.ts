import { defineConfig } from 'vitest/config'

/** `pnpm test:agents`: programs of others connect to the server. Not in `.ci/run`: they are installed from the registry. */
export default defineConfig({
  test: {
    include: ['apps/web/e2e/agents.trial.ts', 'apps/server/src/transports/mcp/{bundle,conformance}.trial.ts'],
    globalSetup: ['./prisma/testing/server.ts', './testing/outside/agent_tools.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
