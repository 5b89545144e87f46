// `pnpm test:defects`: plants the defects of the tables one after the other in a copy of the sources, runs the tests that
// could notice each, and prints how many were noticed.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import { copySources, removeCopy, root } from './copy.ts'
import { packageOf, planted, type Defect } from './defect.ts'
import { report } from './report.ts'
import { openResults, type DefectResult } from './results.ts'
import { runTests, type Result } from './run_tests.ts'
import { isScope, scopesBetween, testsOf, type Scope } from './scopes.ts'
import { tables } from './tables.ts'

const HELP = `usage: pnpm test:defects [--table NAME] [--only TEXT] [--within SCOPE] [--again] [--report]

  --table NAME    only the defects of a table: ${Object.keys(tables).join(', ')}
  --only TEXT     only defects whose name, file or kind contains the text
  --within SCOPE  which tests to run. file: its own; folder: also those beside it; package: also those of its package;
                  related (the default): also all others that import the file
  --again         also those that were tried before (otherwise a run goes on where the last one ended)
  --report        prints the results so far and runs nothing
`

const { values } = parseArgs({
  options: {
    table: { type: 'string' },
    only: { type: 'string', default: '' },
    within: { type: 'string', default: 'related' },
    again: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const results = openResults()
// One for all runs: as root its files lie outside of the copy.
const databaseDir = join(root, 'node_modules/.cache/taskwire-defects')
const chosen = Object.entries(tables)
  .filter(([name]) => values.table === undefined || name === values.table)
  .flatMap(([, defects]) => defects)
  .filter(({ name, file, kind }) => [name, file, kind].some((text) => text.includes(values.only)))

if (values.help || !isScope(values.within)) process.stdout.write(HELP)
else {
  if (!values.report) await tryAll(chosen, values.within)
  const tried = chosen.flatMap((defect) => {
    const result = results.of(defect)
    return result === undefined ? [] : [{ defect, result }]
  })
  process.stdout.write(`\n${report(tried)}`)
}

/** What is left to run for a defect: nothing once it was noticed, else the tests that were not run yet. */
function scopesLeft(defect: Defect, widest: Scope): readonly Scope[] {
  const known = values.again ? undefined : results.of(defect)
  return known?.noticed === undefined ? scopesBetween(known?.within, widest) : []
}

async function tryAll(all: readonly Defect[], widest: Scope): Promise<void> {
  const left = all.filter((defect) => scopesLeft(defect, widest).length > 0)
  if (left.length === 0) return
  const copy = await copySources()
  const database = await startEmbedded({ dataDir: databaseDir, durable: false })
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  try {
    for (const [index, defect] of left.entries()) {
      const result = await tryDefect(defect, { copy, databaseUrl: database.url, scopes: scopesLeft(defect, widest) })
      // What was running when the signal came has failed by it.
      if (stopping.signal.aborted) return
      await results.save(defect, result)
      process.stdout.write(`${index + 1}/${left.length} ${packageOf(defect)}: ${defect.name}: ${textOf(result)}\n`)
    }
  } finally {
    await database.stop()
    await removeCopy(copy)
  }
}

function textOf({ noticed, within, seconds }: DefectResult): string {
  return `${noticed === undefined ? `SURVIVED (${within})` : `noticed by ${noticed}`} (${seconds} s)`
}

interface Trial {
  readonly copy: string
  readonly databaseUrl: string
  readonly scopes: readonly Scope[]
}

/** Plants a defect, and runs the tests of one scope after the other until one notices it. */
async function tryDefect(defect: Defect, { copy, databaseUrl, scopes }: Trial): Promise<DefectResult> {
  const source = await readFile(join(root, defect.file), 'utf8')
  const file = join(copy, defect.file)
  let seconds = 0
  let within: Scope = 'file'
  let noticed: string | undefined
  await writeFile(file, planted(source, defect))
  try {
    for (const scope of scopes) {
      const run = await (scope === 'file' ? runTests : confirmedRun)(copy, testsOf(defect, scope), databaseUrl)
      within = scope
      seconds += run.seconds
      noticed = run.noticed
      if (noticed !== undefined) break
    }
    return { noticed, within, seconds }
  } finally {
    await writeFile(file, source)
  }
}

/** On a busy machine a test may fail for another reason: the file that noticed the defect has to notice it again. */
async function confirmedRun(copy: string, args: readonly string[], databaseUrl: string): Promise<Result> {
  let seconds = 0
  for (let attempts = 0; attempts < 3; attempts++) {
    const run = await runTests(copy, args, databaseUrl)
    seconds += run.seconds
    const file = run.noticed?.split(': ', 1)[0]
    if (run.noticed === undefined || file === undefined || !file.endsWith('.ts')) return { ...run, seconds }
    const again = await runTests(copy, ['run', file], databaseUrl)
    seconds += again.seconds
    if (again.noticed !== undefined) return { noticed: again.noticed, seconds }
  }
  return { noticed: undefined, seconds }
}
