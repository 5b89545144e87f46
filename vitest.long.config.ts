import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { temporaryFilesInMemory } from './prisma/testing/memory.ts'

// Node keeps the code that it has compiled: every test file and every server that a test starts loads the same packages.
// oxlint-disable-next-line node/no-process-env
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node')

temporaryFilesInMemory()

// A run that was asked to be longer (docs/reliability.md) ends when it is done.
// oxlint-disable-next-line node/no-process-env
const testTimeout = process.env['TRIALS'] === undefined ? 600_000 : 86_400_000

/** The trials that take longer than anybody wants to wait at every change. */
export default defineConfig({
  test: {
    include: ['{prisma,packages,apps,testing,scripts,docs,bench}/**/*.long.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: './prisma/testing/server.ts',
    setupFiles: ['./prisma/testing/network.ts', './prisma/testing/compiled.ts'],
    pool: 'forks',
    // Most of a trial is waiting for servers that stop and start.
    maxWorkers: 2,
    // What is waited for comes, or the test has failed: a busy machine may be slow.
    expect: { poll: { timeout: 60_000 } },
    testTimeout,
    hookTimeout: 600_000,
    passWithNoTests: true,
  },
})
