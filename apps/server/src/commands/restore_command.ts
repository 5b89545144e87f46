import { parseArgs } from 'node:util'
import { readBackupFile, restore, type ArchiveContents } from '@taskwire/db/backup'
import { reachDatabase } from '@taskwire/db/reach'
import { callersPath, readEnv, type Env } from '../config/env.ts'
import { secretId } from '../config/secret.ts'
import { logProgress, runCommand } from './run_command.ts'
import { withSecret } from './with_secret.ts'

const USAGE = `npm run restore -- FILE           restores a backup into this installation, which has to be empty
npm run restore -- FILE --check   reads the whole file and says whether it is intact; changes nothing
`

await runCommand(async (signal) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  })
  const [file, ...rest] = positionals
  if (values.help || file === undefined || rest.length > 0) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 1
  }
  const path = callersPath(file)
  const lines = await readBackupFile(path, { signal }, (archive) =>
    values.check ? check(archive, path) : restoreInto(readEnv(), archive, { path, signal }),
  )
  process.stdout.write(`${lines.join('\n')}\n`)
  return 0
})

async function check(archive: ArchiveContents, path: string): Promise<string[]> {
  for (const table of archive.manifest.tables) for await (const rows of archive.rows(table)) void rows
  const { rows } = await archive.end()
  return [`${path} is intact: ${countsOf(rows)}, of ${archive.manifest.time}`]
}

async function restoreInto(
  env: Env,
  archive: ArchiveContents,
  { path, signal }: { path: string; signal: AbortSignal },
): Promise<string[]> {
  const { DATABASE_URL: url, TASKWIRE_DATA_DIR: dataDir } = env
  const database = await reachDatabase({ url, dataDir, log: logProgress })
  try {
    const { rows } = await withSecret(archive.secret, dataDir, (beforeCommit) =>
      restore(database.url, archive, {
        ownConnections: database.connections,
        log: logProgress,
        async beforeCommit() {
          signal.throwIfAborted()
          await beforeCommit()
        },
      }),
    )
    const into = url === undefined ? dataDir : 'the database of DATABASE_URL'
    const line = `restored ${path} into ${into}: ${countsOf(rows)}, as of ${archive.manifest.time}`
    return [line, ...secretNotes(env, archive)]
  } finally {
    await database.close()
  }
}

/** What a restored installation does not have, because the configuration has it. */
function secretNotes({ BETTER_AUTH_SECRET: configured }: Env, { manifest, secret }: ArchiveContents): string[] {
  const { secret_id } = manifest
  if (secret_id === null) return []
  if (configured !== undefined && secretId(configured) !== secret_id) {
    return ['note: BETTER_AUTH_SECRET is not that of the backup: sessions and tokens of before will not be accepted']
  }
  if (configured === undefined && secret === undefined) {
    return ['note: set BETTER_AUTH_SECRET as it was: without it, sessions and tokens of before will not be accepted']
  }
  return []
}

function countsOf(rows: Readonly<Record<string, number>>): string {
  return `${rows['task'] ?? 0} tasks, ${rows['change'] ?? 0} changes, ${rows['user'] ?? 0} users`
}
