import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, lchownSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errorMessage } from '../migrate/database_not_ready.ts'
import { unavailable } from './binaries.ts'
import type { Home } from './instance_dir.ts'

/** Makes the cluster where there is none yet, and returns the password of its one role. */
export async function cluster(home: Home, { durable }: { durable: boolean }): Promise<string> {
  const file = join(home.directory, 'password')
  if (existsSync(home.data)) return (await readFile(file, 'utf8')).trim()
  const password = randomBytes(24).toString('hex')
  await writeFile(file, password, { mode: 0o600 })
  if (home.account) lchownSync(file, home.account.uid, home.account.gid)
  // A half-made cluster never gets the name under which we look for one.
  const half = `${home.data}.new`
  await rm(half, { recursive: true, force: true })
  await initdb(home, [`--pgdata=${half}`, `--pwfile=${file}`, ...INIT])
  // All at once is several times faster than file by file as initdb would.
  if (durable) await initdb(home, [`--pgdata=${half}`, '--sync-only'])
  await rename(half, home.data)
  return password
}

// Not a role named taskwire: the schema of that name would be in its search path, as it is on no other server.
// The locale is PostgreSQL's own: the same order and letter case on every machine, whatever LANG says there.
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

async function initdb(home: Home, args: string[]): Promise<void> {
  try {
    await promisify(execFile)(join(home.binaries, 'initdb'), args, spawnOptions(home))
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const why = missing
      ? 'needs a Linux with glibc (not musl, as in Alpine)'
      : `could not be set up (${errorMessage(error)})`
    throw unavailable(`${why}: use another system`, error)
  }
}

/** A program of the server's: as its account, and with nothing from our environment that would steer it (PGPORT, LANG). */
export function spawnOptions(home: Home) {
  return { cwd: home.directory, env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }, ...home.account }
}
