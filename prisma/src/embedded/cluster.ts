import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, lchownSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DatabaseStartupError, errorMessage } from '../migrate/database_startup_error.ts'
import { unavailable } from './binaries.ts'
import type { InstanceDir } from './instance_dir.ts'
import { diskFull } from './unwritable.ts'

type ClusterOptions = { durable: boolean; onStarting?: (() => void) | undefined }

/** Creates the cluster if there is none yet, and returns the password of its only role. */
export async function cluster(instance: InstanceDir, { durable, onStarting }: ClusterOptions): Promise<string> {
  const file = join(instance.directory, 'password')
  if (existsSync(instance.data)) return (await readFile(file, 'utf8')).trim()
  const password = randomBytes(24).toString('hex')
  await writeFile(file, password, { mode: 0o600 })
  if (instance.account) lchownSync(file, instance.account.uid, instance.account.gid)
  // An incomplete cluster never gets the final name.
  const incomplete = `${instance.data}.new`
  await rm(incomplete, { recursive: true, force: true })
  const created = initdb(instance, [`--pgdata=${incomplete}`, `--pwfile=${file}`, ...INIT])
  onStarting?.()
  await created
  // Syncing everything at once is several times faster than initdb's file by file.
  if (durable) await initdb(instance, [`--pgdata=${incomplete}`, '--sync-only'])
  await rename(incomplete, instance.data)
  return password
}

// The role is not named taskwire: the schema of that name would then be in its search path, as on no other server.
// The locale is PostgreSQL's own, so that order and letter case are the same on every machine, whatever LANG is.
const INIT = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-sync',
  '--no-instructions',
]

async function initdb(instance: InstanceDir, args: string[]): Promise<void> {
  try {
    await promisify(execFile)(join(instance.binaries, 'initdb'), args, spawnOptions(instance))
  } catch (error) {
    throw initdbError(instance.directory, error)
  }
}

/** Exported for its test. On a full disk initdb removes what it had written, so that only its output says why it failed. */
export function initdbError(directory: string, error: unknown): DatabaseStartupError {
  const message = errorMessage(error)
  if (/No space left on device|Check free disk space/.test(message)) return diskFull(directory, error)
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  const why = missing ? 'needs a Linux with glibc (not musl, as in Alpine)' : `could not be set up (${message})`
  return unavailable(`${why}: use another system`, error)
}

/** Options for the server's programs: its account, and none of our environment variables that would affect it (PGPORT, LANG). */
export function spawnOptions(instance: InstanceDir) {
  return { cwd: instance.directory, env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }, ...instance.account }
}
