import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { temporaryFilesInMemory } from './prisma/testing/memory.ts'

// Node keeps the code that it has compiled: every test file and every server that a test starts loads the same packages.
// oxlint-disable-next-line node/no-process-env
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node')

temporaryFilesInMemory()

/** Test files in these folders share processes, so that the packages are loaded once: docs/decisions/054-shared-processes.md. */
const SHARED = [
  'packages/{api,assistant,calendar,client,guide,mcp,offline,react}/**/*.test.ts',
  'apps/web/src/**/*.test.ts',
  'scripts/*.test.ts',
  'testing/defects/*.test.ts',
  'apps/server/src/{auth,commands,config,http,mail,metrics,process,transports,workers}/**/*.test.ts',
  'prisma/src/{backup,inspect,migrate,pool}/**/*.test.ts',
]
/** What only a test file with a process of its own does: it moves the clock, changes the process, or starts others. */
const OF_ITS_OWN =
  /useFakeTimers|stubEnv|stubGlobal|spyOn|getEventListeners|globalThis|process\.(?:env|on|once|emit|stdout|argv)\b|\b(?:execFile|fork|spawn)|new Worker|(?<!\.)browser\(|openPage\(|openDocument\(|renderHook\(/

const every = '{prisma,packages,apps,testing,scripts,docs,bench}/**/*.test.ts'
const exclude = ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts']
const shared = globSync(SHARED, { cwd: import.meta.dirname, exclude }).filter(
  (file) => !OF_ITS_OWN.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
)

// Most of a test is waiting for a database, a process or a browser: one more than two cores keeps both busy.
const maxWorkers = Math.max(3, Math.floor(availableParallelism() / 2))
// A test file lives for seconds: a larger young generation and a collector without threads take 7 % less CPU (median of five).
const execArgv = ['--min-semi-space-size=16', '--max-semi-space-size=64', '--single-threaded-gc']
const setupFiles = ['./prisma/testing/network.ts', './prisma/testing/compiled.ts']
const common = {
  pool: 'forks' as const,
  execArgv,
  maxWorkers,
  // What is waited for comes, or the test has failed: a busy machine may be slow.
  expect: { poll: { timeout: 60_000 } },
  // Only a test that hangs takes this long: at a load of 29 the longest took 178 s.
  testTimeout: 360_000,
  hookTimeout: 360_000,
}

export default defineConfig({
  test: {
    // Once, for both projects.
    globalSetup: './prisma/testing/server.ts',
    maxWorkers,
    projects: [
      { test: { ...common, name: 'alone', include: [every], exclude: [...exclude, ...shared], setupFiles } },
      {
        test: {
          ...common,
          name: 'shared',
          include: shared,
          exclude,
          isolate: false,
          setupFiles: [...setupFiles, './prisma/testing/released.ts'],
        },
      },
    ],
  },
})
