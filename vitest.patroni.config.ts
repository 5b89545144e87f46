import { defineConfig } from 'vitest/config'

/** A trial of its own, whose programs are in no CI: docs/reliability.md. */
export default defineConfig({
  test: {
    include: ['apps/server/src/process/replicas/patroni.trial.ts'],
    pool: 'forks',
    testTimeout: 86_400_000,
  },
})
