import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './copy.ts'
import { folderOf, type Defect } from './defect.ts'
import { distancesFrom, type ImportGraph } from './import_graph.ts'

// The test of the tables fails for every planted defect.
const NOT_TRIED = /(^|\/)(node_modules|dist)\/|\.long\.test\.ts$|^testing\/defects\//

export interface TestFile {
  readonly name: string
  readonly text: string
}

/** The test files of `npm test` that can notice a defect. */
export function testFiles(folder = root): TestFile[] {
  const files = globSync('{prisma,packages,apps,testing,scripts,docs,bench}/**/*.test.ts', { cwd: folder })
  const names = files.filter((file) => !NOT_TRIED.test(file)).toSorted()
  return names.map((name) => ({ name, text: `${name}\n${readFileSync(join(folder, name), 'utf8')}` }))
}

/**
 * The tests that could notice a defect, the likeliest first: the file's own, those beside it, then those that depend on it by
 * the fewest imports. Among equals those come first that use the words of the file's path, above all in their names. What does
 * not depend on the file at all is left out, except for SQL: nothing imports it, and everything depends on it.
 */
export function nearestTests({ file }: Pick<Defect, 'file'>, tests: readonly TestFile[], graph: ImportGraph): string[] {
  const distances = distancesFrom(graph, file)
  const isImported = graph.has(file)
  const words = rareWords(file, tests)
  const ranked = tests.flatMap(({ name, text }) => {
    const distance = distances.get(name) ?? (isImported ? Infinity : FAR)
    // A test of the same package says more about it than one of another that is as near.
    const among = distance + (name.startsWith(`${folderOf({ file })}/`) ? 2 : 2.5)
    const beside = 1 + Math.min(distance, 9) / 10
    const rank = stem(name) === stem(file) ? 0 : dirname(name) === dirname(file) ? beside : among
    const named = words.reduce((sum, { word, weight }) => sum + (text.includes(word) ? weight : 0), 0)
    const own = words.reduce((sum, { word, weightInName }) => sum + (hasWord(name, word) ? weightInName : 0), 0)
    return rank === Infinity
      ? []
      : [{ name, rank: rank - (rank < 2 ? (named + own) / 100 : Math.min(named / 2 + own, 2)) }]
  })
  return ranked.toSorted((one, other) => one.rank - other.rank).map(({ name }) => name)
}

const FAR = 1000

/** The words of a path, each with the more weight the fewer tests use it. */
function rareWords(file: string, tests: readonly TestFile[]) {
  const words = new Set(
    stem(file)
      .replace(/^.*\/src\//, '')
      .split(/[/_]/),
  )
  return [...words].map((word) => {
    const rarity = (users: readonly TestFile[]) =>
      Math.log(tests.length / Math.max(users.length, 1)) / Math.log(tests.length + 1)
    return {
      word,
      weight: rarity(tests.filter(({ text }) => text.includes(word))),
      weightInName: rarity(tests.filter(({ name }) => hasWord(name, word))),
    }
  })
}

/** Whether the path below `src` has the word, whatever its ending: `task` is one of `many_tasks.test.ts`. */
function hasWord(name: string, word: string): boolean {
  const words = stem(name)
    .replace(/^.*\/src\//, '')
    .split(/[/_]/)
  return word.length > 2 && words.some((one) => one.startsWith(word) || (one.length > 3 && word.startsWith(one)))
}

/** `a/b` of `a/b.ts` and of `a/b.test.ts`. */
function stem(file: string): string {
  return file.replace(/(\.test)?\.[^./]+$/, '')
}
