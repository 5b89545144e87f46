import { parseArgs } from 'node:util'
import { exportFormats, type ExportFormat } from '@taskwire/api'
import { callersPath, readEnv } from '../config/env.ts'
import { openConfiguredDatabase } from '../process/database.ts'
import { writeTextFile } from './new_text_file.ts'
import { CommandError, logProgress, runCommand } from './run_command.ts'
import { userCaller, userIdOf, type UserCaller } from './user_caller.ts'
import { writeToStdout } from './write_to_stdout.ts'

const USAGE = `npm run export -- --user ID|EMAIL [--format ${exportFormats.join('|')}] FILE [--force]
writes the tasks of a user into FILE, or to standard output where FILE is -
json, the default, has everything: also the trash, the log and the conversations
`

/** How many parts are written between two lines of progress. */
const PARTS = 20

await runCommand(async (signal) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      user: { type: 'string' },
      format: { type: 'string', default: 'json' },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [file, ...rest] = positionals
  if (values.help || file === undefined || rest.length > 0 || values.user === undefined) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 1
  }
  const format = formatOf(values.format)
  const database = await openConfiguredDatabase(readEnv(), { log: logProgress })
  try {
    const content = parts(userCaller(database, await userIdOf(database, values.user)), format)
    if (file === '-') return await writeToStdout(content, signal)
    await writeTextFile(callersPath(file), { content, force: values.force, signal })
    return 0
  } finally {
    await database.close()
  }
})

function formatOf(name: string): ExportFormat {
  const format = exportFormats.find((known) => known === name)
  if (format === undefined) throw new CommandError(`--format must be one of ${exportFormats.join(', ')}`)
  return format
}

async function* parts({ transfer }: UserCaller, format: ExportFormat): AsyncGenerator<string> {
  let cursor: string | undefined
  for (let count = 1; ; count++) {
    const part = await transfer.export({ format, cursor })
    yield part.text
    if (part.next_cursor === null) return
    cursor = part.next_cursor
    if (count % PARTS === 0) logProgress(`${count} parts written ...`)
  }
}
