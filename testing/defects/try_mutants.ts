// `pnpm test:mutants`: plants mistakes that rules make, a sample of them, and lists those that the nearest tests do not notice.
import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import { copySources, removeCopy, root } from './copy.ts'
import { readImportGraph } from './import_graph.ts'
import { mutantsOf, mutated, type Mutant } from './mutants.ts'
import { nearestTests, testFiles } from './nearest_tests.ts'
import { runTests } from './run_tests.ts'

const HELP = `usage: pnpm test:mutants PATH... [--sample N] [--seed N] [--files N] [--log FILE]

  PATH            source files, or folders of them
  --sample N      plants N mutants, chosen at random (100)
  --seed N        chooses others (1)
  --files N       runs the N nearest test files for each (3)
  --slow          also test files that start a program or a browser
  --log FILE      also writes the lines to a file
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    files: { type: 'string', default: '3' },
    slow: { type: 'boolean', default: false },
    log: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

interface Chosen extends Mutant {
  readonly file: string
}

/** How many of a rule's mutants are left in: those that any test notices are many, and tell little. */
const SHARE: Readonly<Record<string, number>> = {
  'property left out': 0.2,
  '=== is !==': 0.15,
  '!== is ===': 0.15,
  '+ is -': 0.3,
  '- is +': 0.3,
  always: 0.5,
  'always the first': 0.5,
  'always the second': 0.5,
}

/** What waits in vain has noticed something. */
const HANGS_MS = 120_000

if (values.help || positionals.length === 0) process.stdout.write(HELP)
else await tryMutants()

async function tryMutants(): Promise<void> {
  const sources = sourceFiles()
  const random = randomNumbers(Number(values.seed))
  const all = sources.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    return mutantsOf(file, source).map((mutant): Chosen => ({ ...mutant, file }))
  })
  const chosen = all
    .filter(({ rule }) => random() < (SHARE[rule] ?? 1))
    .map((mutant) => ({ mutant, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .slice(0, Number(values.sample))
    .map(({ mutant }) => mutant)
    .toSorted((one, other) => one.file.localeCompare(other.file) || one.start - other.start)
  print(`${sources.length} files, ${all.length} mutants, ${chosen.length} chosen`)
  const tests = testFiles().filter(
    ({ text }) => values.slow || !/^apps\/web\/e2e|browser\(|\b(?:execFile|spawn|fork)\b|startServer|runCli/.test(text),
  )
  const graph = readImportGraph()
  const copy = await copySources()
  const database = await startEmbedded({
    dataDir: join(root, 'node_modules/.cache/taskwire-mutants'),
    durable: false,
  })
  const run = async (related: readonly string[]) => (await runTests(copy, related, database.url, HANGS_MS)).noticed
  let [tried, noticed] = [0, 0]
  const unsteady = new Map<string, boolean>()
  try {
    for (const mutant of chosen) {
      const source = readFileSync(join(copy, mutant.file), 'utf8')
      const related = nearestTests(mutant, tests, graph).slice(0, Number(values.files))
      if (related.length === 0) {
        print(`no test: ${describe(mutant, source)}`)
        tried += 1
        continue
      }
      // What fails without it says nothing.
      const key = related.join()
      if (!unsteady.has(key)) {
        const failure = await run(related)
        unsteady.set(key, failure !== undefined)
        if (failure !== undefined) print(`fails without a mutant: ${failure}`)
      }
      if (unsteady.get(key) === true) continue
      await writeFile(join(copy, mutant.file), mutated(source, mutant))
      const failure = await run(related)
      await writeFile(join(copy, mutant.file), source)
      tried += 1
      if (failure !== undefined) noticed += 1
      else print(`survived: ${describe(mutant, source)}   [${related.map((name) => name.split('/').at(-1)).join(' ')}]`)
      if (tried % 20 === 0) print(`${noticed} of ${tried} noticed`)
    }
  } finally {
    print(`${noticed} of ${tried} noticed`)
    await database.stop()
    await removeCopy(copy)
  }
}

function sourceFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--', ...positionals], { cwd: root, encoding: 'utf8' })
  return listed
    .split('\n')
    .filter(
      (file) => /\.(ts|tsx|mjs)$/.test(file) && !/\.test\.|\.d\.ts$|(^|\/)(testing|e2e|dist|generated)\//.test(file),
    )
}

function describe({ file, rule, start, end, replacement }: Chosen, source: string): string {
  const line = source.slice(0, start).split('\n').length
  return `${file}:${line} ${rule}: ${short(source.slice(start, end))} -> ${short(replacement)}`
}

function short(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 90)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
  if (values.log !== undefined) appendFileSync(values.log, `${line}\n`)
}

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
