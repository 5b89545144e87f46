import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readImportGraph } from './import_graph.ts'
import { nearestTests, testFiles } from './nearest_tests.ts'
import { batches } from './try_defect.ts'

function workspace(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-graph-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

const files = {
  'packages/api/package.json': '{"name":"@taskwire/api","exports":{".":"./src/index.ts"}}',
  'packages/api/src/index.ts': "export { lease } from './chat/lease.ts'\n",
  'packages/api/src/chat/lease.ts': 'export const lease = 1\n',
  'packages/api/src/chat/lease.test.ts': "import { lease } from './lease.ts'\n",
  'packages/api/src/chat/other.test.ts': '',
  'packages/api/src/far.test.ts': "import { lease } from './index.ts'\n",
  'packages/api/src/types.test.ts': "import type { Lease } from './index.ts'\n",
  'packages/api/src/unrelated.test.ts': '',
  'apps/server/src/main.ts': "import { lease } from '@taskwire/api'\n",
  'apps/server/src/main.test.ts': "spawn(new URL('main.ts', import.meta.url))\n",
  'apps/server/src/built.test.ts': "build('packages/api')\n",
}

test("the tests of a defect are its file's own, those beside it, then all that depend on it, the nearest first", () => {
  const folder = workspace(files)
  const related = nearestTests({ file: 'packages/api/src/chat/lease.ts' }, testFiles(folder), readImportGraph(folder))
  expect(related).toEqual([
    'packages/api/src/chat/lease.test.ts',
    'packages/api/src/chat/other.test.ts',
    'packages/api/src/far.test.ts',
    'apps/server/src/built.test.ts',
    'apps/server/src/main.test.ts',
  ])
})

test('what nothing imports, such as SQL, is tried against every test, those of its package first', () => {
  const folder = workspace(files)
  const all = nearestTests({ file: 'packages/api/m/migration.sql' }, testFiles(folder), readImportGraph(folder))
  expect(all).toHaveLength(7)
  expect(all.slice(0, 5).every((file) => file.startsWith('packages/api/'))).toBe(true)
})

test('the first test runs alone, and then ever more at once until all have run', () => {
  const names = Array.from({ length: 30 }, (_, index) => String(index))
  expect(batches(names).map(({ length }) => length)).toEqual([1, 4, 8, 16, 1])
  expect(batches(names).flat()).toEqual(names)
  expect(batches([])).toEqual([])
})
