import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Node keeps the code that it has compiled: every test file and every server that a test starts loads the same packages.
// oxlint-disable-next-line node/no-process-env
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node')

export default defineConfig({
  test: {
    include: ['{prisma,packages,apps,testing,scripts,docs,bench}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts'],
    globalSetup: './prisma/testing/server.ts',
    setupFiles: ['./prisma/testing/network.ts', './prisma/testing/compiled.ts'],
    pool: 'forks',
    // What is waited for comes, or the test has failed: a busy machine may be slow.
    expect: { poll: { timeout: 60_000 } },
    // Most of a test is waiting for a database, a process or a browser: one more than two cores keeps both busy.
    maxWorkers: Math.max(3, Math.floor(availableParallelism() / 2)),
    // Only a test that hangs takes this long: on a busy machine one in a browser may need a minute.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
