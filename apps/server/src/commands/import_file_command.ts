import { parseArgs } from 'node:util'
import { ApiError, importSources, limits, type ImportOutput, type ImportSource } from '@taskwire/api'
import { readEnv } from '../config/env.ts'
import { openConfiguredDatabase } from '../process/database.ts'
import { importText } from './import_text.ts'
import { CommandError, logProgress, runCommand } from './run_command.ts'
import { userCaller, userIdOf } from './user_caller.ts'

const USAGE = `npm run import -- --user ID|EMAIL --source NAME FILE [--dry-run] [--json]
creates the tasks of FILE, or of standard input where FILE is -; a repeat adds nothing
a file has at most ${limits.importBytes / 2 ** 20} MB and 10,000 tasks
NAME is what wrote the file: ${importSources.join(', ')}
`

await runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      user: { type: 'string' },
      source: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [path, ...rest] = positionals
  if (values.help || path === undefined || rest.length > 0 || values.user === undefined) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 1
  }
  const source = sourceOf(values.source)
  const file = await importText(path, { input: process.stdin, limit: limits.importBytes })
  const database = await openConfiguredDatabase(readEnv(), { log: logProgress })
  try {
    const { transfer } = userCaller(database, await userIdOf(database, values.user), tellProgress)
    const report = await transfer.import({ source, file, dry_run: values['dry-run'] }).catch(throwReadable)
    process.stdout.write(values.json ? `${JSON.stringify(report, null, 1)}\n` : reportText(report))
    return report.rows.some(({ result }) => result === 'failed') ? 1 : 0
  } finally {
    await database.close()
  }
})

function sourceOf(name: string | undefined): ImportSource {
  const source = importSources.find((known) => known === name)
  if (source === undefined) throw new CommandError(`--source must be one of ${importSources.join(', ')}`)
  return source
}

/** The last line is the report. */
function tellProgress(written: number, total: number): void {
  if (written < total && written % 1000 === 0) logProgress(`${written} of ${total} tasks written ...`)
}

function throwReadable(error: unknown): never {
  const [first] = error instanceof ApiError ? (error.details.fields ?? []) : []
  throw first === undefined ? error : new CommandError(first.msg)
}

/** What came, and a line for each row that did not come as it was. */
function reportText({ created, skipped, rows, first_seq, last_seq }: ImportOutput): string {
  const lines = rows.flatMap(({ row, title, result, lost = [], reason = '' }) => {
    if (result === 'failed') return [`row ${row} "${title}": failed, ${reason}`]
    return lost.length === 0 ? [] : [`row ${row} "${title}": without ${lost.join(', ')}`]
  })
  const failed = rows.filter(({ result }) => result === 'failed').length
  const seqs = first_seq === null ? '' : `; changes ${first_seq} to ${last_seq}`
  return `${[...lines, `${created} created, ${skipped} skipped, ${failed} failed${seqs}`].join('\n')}\n`
}
