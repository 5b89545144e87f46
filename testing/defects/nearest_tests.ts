import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { root } from './copy.ts'
import { folderOf, type Defect } from './defect.ts'
import { distancesFrom, type ImportGraph } from './import_graph.ts'

// The test of the tables fails for every planted defect.
const NOT_TRIED = /(^|\/)(node_modules|dist)\/|\.long\.test\.ts$|^testing\/defects\//

/** The test files of `npm test` that can notice a defect. */
export function testFiles(folder = root): string[] {
  const files = globSync('{prisma,packages,apps,testing,scripts,docs,bench}/**/*.test.ts', { cwd: folder })
  return files.filter((file) => !NOT_TRIED.test(file)).toSorted()
}

/**
 * The tests that could notice a defect, the likeliest first: the file's own, those beside it, then those that depend on it by
 * the fewest imports. Those that do not depend on it at all are left out, except for SQL: nothing imports it, all depend on it.
 */
export function nearestTests({ file }: Pick<Defect, 'file'>, tests: readonly string[], graph: ImportGraph): string[] {
  const distances = distancesFrom(graph, file)
  const isImported = graph.has(file)
  const rank = (test: string) => {
    if (stem(test) === stem(file)) return 0
    if (dirname(test) === dirname(file)) return 1
    const distance = distances.get(test) ?? (isImported ? Infinity : FAR)
    // A test of the same package says more about it than one of another that is as near.
    return test.startsWith(`${folderOf({ file })}/`) ? distance : distance + 0.5
  }
  const ranked = tests.map((test) => ({ test, rank: rank(test) })).filter((one) => one.rank < Infinity)
  return ranked.toSorted((one, other) => one.rank - other.rank).map(({ test }) => test)
}

const FAR = 1000

/** `a/b` of `a/b.ts` and of `a/b.test.ts`. */
function stem(file: string): string {
  return file.replace(/(\.test)?\.[^./]+$/, '')
}
