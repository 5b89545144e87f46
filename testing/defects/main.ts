// `pnpm test:defects`: plants the defects of the tables one after the other in a copy of the sources, runs the tests that
// could notice each, and prints how many were noticed.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import { copySources, removeCopy, root } from './copy.ts'
import { packageOf, type Defect } from './defect.ts'
import { readImportGraph } from './import_graph.ts'
import { nearestTests, testFiles } from './nearest_tests.ts'
import { report } from './report.ts'
import { openResults, type DefectResult } from './results.ts'
import { tables } from './tables.ts'
import { tryDefect } from './try_defect.ts'

const HELP = `usage: pnpm test:defects [--table NAME] [--only TEXT] [--files N] [--again] [--report] [--list]

  --table NAME    only the defects of a table: ${Object.keys(tables).join(', ')}
  --only TEXT     only defects whose name, file or kind contains the text
  --files N       runs at most the N nearest test files for a defect; without it all that depend on its file
  --again         also those that were tried before (otherwise a run goes on where the last one ended)
  --report        prints the results so far and runs nothing
  --list          prints which test files would be run, and runs nothing
`

const { values } = parseArgs({
  options: {
    table: { type: 'string' },
    only: { type: 'string', default: '' },
    files: { type: 'string', default: 'Infinity' },
    again: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const most = Number(values.files)
const results = openResults()
// One for all runs: as root its files lie outside of the copy.
const databaseDir = join(root, 'node_modules/.cache/taskwire-defects')
const chosen = Object.entries(tables)
  .filter(([name]) => values.table === undefined || name === values.table)
  .flatMap(([, defects]) => defects)
  .filter(({ name, file, kind }) => [name, file, kind].some((text) => text.includes(values.only)))

if (values.help || !(most > 0)) process.stdout.write(HELP)
else if (values.list) list()
else {
  if (!values.report) await tryAll()
  const tried = chosen.flatMap((defect) => {
    const result = results.of(defect)
    return result === undefined ? [] : [{ defect, result }]
  })
  process.stdout.write(`\n${report(tried)}`)
}

/** The defects that are left to try, each with the tests that could notice it. */
function left(): readonly { readonly defect: Defect; readonly related: readonly string[] }[] {
  const [tests, graph] = [testFiles(), readImportGraph()]
  return chosen.flatMap((defect) => {
    const known = values.again ? undefined : results.of(defect)
    const related = nearestTests(defect, tests, graph)
    const isDone = known !== undefined && related.slice(0, most).every((test) => known.passed.includes(test))
    return known?.noticed !== undefined || isDone ? [] : [{ defect, related }]
  })
}

function list(): void {
  for (const { defect, related } of left()) {
    process.stdout.write(`${defect.name} (${related.length} files)\n`)
    for (const test of related.slice(0, most)) process.stdout.write(`  ${test}\n`)
  }
}

async function tryAll(): Promise<void> {
  const trials = left()
  if (trials.length === 0) return
  const copy = await copySources()
  const database = await startEmbedded({ dataDir: databaseDir, durable: false })
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  try {
    for (const [index, { defect, related }] of trials.entries()) {
      const known = values.again ? undefined : results.of(defect)
      const result = await tryDefect(defect, { copy, databaseUrl: database.url, related, most, known })
      // What was running when the signal came has failed by it.
      if (stopping.signal.aborted) return
      await results.save(defect, result)
      process.stdout.write(`${index + 1}/${trials.length} ${packageOf(defect)}: ${defect.name}: ${textOf(result)}\n`)
    }
  } finally {
    await database.stop()
    await removeCopy(copy)
  }
}

function textOf({ noticed, passed, related, seconds }: DefectResult): string {
  const outcome = noticed === undefined ? `SURVIVED ${passed.length} of ${related} files` : `noticed by ${noticed}`
  return `${outcome} (${seconds} s)`
}
