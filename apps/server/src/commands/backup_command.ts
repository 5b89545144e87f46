import { parseArgs } from 'node:util'
import { openBackup, writeNewFile, type Manifest } from '@taskwire/db/backup'
import { embeddedDirectory, reachDatabase } from '@taskwire/db/reach'
import { callersPath, readEnv, type Env } from '../config/env.ts'
import { secretId, storedSecret } from '../config/secret.ts'
import { taskwireVersion } from '../config/version.ts'
import { CommandError, logProgress, runCommand } from './run_command.ts'

const USAGE = `npm run backup -- FILE [--force]   writes a backup of this installation into FILE, also while the server runs
`

await runCommand(async (signal) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  })
  const [file, ...rest] = positionals
  if (values.help || file === undefined || rest.length > 0) {
    process.stderr.write(USAGE)
    return values.help ? 0 : 1
  }
  const path = callersPath(file)
  const { manifest, rows, bytes } = await backUp(readEnv(), { path, force: values.force, signal })
  process.stdout.write(report({ path, manifest, rows, bytes }))
  return 0
})

async function backUp(env: Env, { path, force, signal }: { path: string; force: boolean; signal: AbortSignal }) {
  if (env.DATABASE_URL === undefined && embeddedDirectory(env.TASKWIRE_DATA_DIR) === undefined) {
    throw new CommandError(`there is nothing to back up: ${env.TASKWIRE_DATA_DIR} (TASKWIRE_DATA_DIR) has no database`)
  }
  const secret = env.BETTER_AUTH_SECRET === undefined ? await storedSecret(env.TASKWIRE_DATA_DIR) : undefined
  const used = env.BETTER_AUTH_SECRET ?? secret
  const database = await reachDatabase({ url: env.DATABASE_URL, dataDir: env.TASKWIRE_DATA_DIR, log: logProgress })
  try {
    const backup = await openBackup(database.url, {
      version: taskwireVersion(),
      secret,
      secretId: used === undefined ? null : secretId(used),
    })
    try {
      const bytes = await writeNewFile(path, backup.archive, { force, signal })
      return { manifest: backup.manifest, rows: backup.rows, bytes }
    } finally {
      await backup.close()
    }
  } finally {
    await database.close()
  }
}

function report({
  path,
  manifest,
  rows,
  bytes,
}: {
  path: string
  manifest: Manifest
  rows: Readonly<Record<string, number>>
  bytes: number
}) {
  const size = bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${path}: ${rows['task'] ?? 0} tasks, ${rows['change'] ?? 0} changes, ${rows['user'] ?? 0} users, ${size}
contains every write that was answered before ${manifest.time}
`
}
