import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { planted, type Defect } from './defect.ts'
import type { DefectResult } from './results.ts'
import { runTests, type Result } from './run_tests.ts'

export interface Trial {
  readonly copy: string
  readonly databaseUrl: string
  /** The test files that could notice the defect, the likeliest first. */
  readonly related: readonly string[]
  /** How many of them to run at most. */
  readonly most: number
  /** What an earlier run with fewer files found. */
  readonly known: DefectResult | undefined
}

/** Plants a defect, and runs the tests that could notice it until one does. */
export async function tryDefect(defect: Defect, trial: Trial): Promise<DefectResult> {
  const { copy, related, most, known } = trial
  const file = join(copy, defect.file)
  // The copy's own: the clone may have changed since it was made.
  const source = await readFile(file, 'utf8')
  const passed = [...(known?.passed ?? [])]
  let seconds = known?.seconds ?? 0
  const defective = planted(source, defect)
  async function without<T>(work: () => Promise<T>): Promise<T> {
    await writeFile(file, source)
    try {
      return await work()
    } finally {
      await writeFile(file, defective)
    }
  }
  await writeFile(file, defective)
  try {
    for (const tests of batches(related.slice(0, most).filter((test) => !passed.includes(test)))) {
      const run = await confirmedRun(tests, { ...trial, defect, without })
      seconds += run.seconds
      if (run.noticed !== undefined) return { noticed: run.noticed, seconds, passed, related: related.length }
      passed.push(...tests)
    }
    return { noticed: undefined, seconds, passed, related: related.length }
  } finally {
    await writeFile(file, source)
  }
}

/** The first alone, since it mostly decides; then ever more at once, since each run takes some seconds to start. */
export function batches(tests: readonly string[]): readonly string[][] {
  return tests.length === 0 ? [] : [tests.slice(0, 1), ...doubling(tests.slice(1), 4)]
}

function doubling(tests: readonly string[], size: number): string[][] {
  return tests.length === 0 ? [] : [tests.slice(0, size), ...doubling(tests.slice(size), 2 * size)]
}

interface Planted extends Trial {
  readonly defect: Defect
  /** Does something while the defect is not there. */
  readonly without: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * A test may fail for another reason: a busy machine, or the copy itself. So a file other than the defect's own has to fail
 * again, and to pass without the defect.
 */
async function confirmedRun(tests: readonly string[], trial: Planted): Promise<Result> {
  const { copy, databaseUrl, defect, without } = trial
  const own = defect.file.replace(/\.[^./]+$/, '.test.')
  let seconds = 0
  async function run(files: readonly string[]): Promise<string | undefined> {
    const result = await runTests(copy, files, databaseUrl)
    seconds += result.seconds
    return result.noticed
  }
  let left = tests
  while (left.length > 0) {
    const noticed = await run(left)
    const file = left.find((test) => noticed?.startsWith(`${test}: `))
    if (noticed === undefined || file === undefined || file.startsWith(own)) return { noticed, seconds }
    const again = await run([file])
    if (again !== undefined && (await without(() => run([file]))) === undefined) return { noticed: again, seconds }
    left = left.filter((test) => test !== file)
  }
  return { noticed: undefined, seconds }
}
