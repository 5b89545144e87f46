import { defineConfig } from 'vitest/config'

const managers = ['npm', 'pnpm', 'bun'] as const
const globalSetup = './prisma/testing/server.ts'

/**
 * `pnpm test:examples`: the samples of `examples`, installed from the registry and from our tarballs by each package
 * manager, and our types beside each TypeScript. Not in `.ci/run`: it takes minutes. `--project npm` runs a part.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 1,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      ...managers.map((packageManager) => ({
        extends: true as const,
        test: { name: packageManager, ...trial('{scripts,pages,embed}'), provide: { packageManager }, globalSetup },
      })),
      { extends: true as const, test: { name: 'typescript', ...trial('typescript') } },
    ],
  },
})

function trial(name: string) {
  return { include: [`testing/outside/${name}.trial.ts`], testTimeout: 1_200_000, hookTimeout: 1_200_000 }
}
