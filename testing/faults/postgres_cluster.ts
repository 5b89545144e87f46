import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { giveAway, run } from './child.ts'
import { POSTGRES_BIN } from './debian.ts'

export const PASSWORD = 'throwaway'
/** The user for health checks, which may connect without a password and owns nothing. */
export const CHECK_USER = 'health_check'

export interface ClusterPlaces {
  /** A folder for the data, instead of a temporary one. */
  readonly dataIn?: string | undefined
  /** A folder for the write-ahead log, instead of one beside the data. */
  readonly logIn?: string | undefined
}

/** The files of a throwaway server. */
export interface Cluster {
  readonly data: string
  remove(): Promise<void>
}

/** A new cluster whose superuser `postgres` has a password. */
export async function initialized({ dataIn, logIn }: ClusterPlaces): Promise<Cluster> {
  const [home, log] = [await ownFolder(dataIn), logIn === undefined ? undefined : await ownFolder(logIn)]
  const [data, password] = [join(home, 'data'), join(home, 'password')]
  await writeFile(password, PASSWORD)
  await giveAway(password)
  const options = '-U postgres --no-sync --encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256 --wal-segsize=1'.split(
    ' ',
  )
  const waldir = log === undefined ? [] : [`--waldir=${join(log, 'wal')}`]
  await run(join(POSTGRES_BIN, 'initdb'), ['-D', data, ...options, `--pwfile=${password}`, ...waldir])
  const access = `host all ${CHECK_USER} 127.0.0.1/32 trust\nhost all,replication all 127.0.0.1/32 scram-sha-256\n`
  await writeFile(join(data, 'pg_hba.conf'), access)
  return { data, remove: () => removed(home, log) }
}

/** A copy of a running server that follows it as a streaming standby of this name. */
export async function copied(primary: { readonly port: number; readonly name: string }): Promise<Cluster> {
  const home = await ownFolder()
  const data = join(home, 'data')
  const source = `host=127.0.0.1 port=${primary.port} user=postgres password=${PASSWORD}`
  const from = `${source} application_name=${primary.name}`
  await run(join(POSTGRES_BIN, 'pg_basebackup'), ['-D', data, '-d', from, '-R', '-X', 'stream', '-c', 'fast', '-N'])
  await appendFile(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${from}'\n`)
  return { data, remove: () => removed(home) }
}

async function ownFolder(within = tmpdir()): Promise<string> {
  await mkdir(within, { recursive: true })
  const folder = await mkdtemp(join(within, 'taskwire-faults-'))
  await giveAway(folder)
  return folder
}

async function removed(...folders: readonly (string | undefined)[]): Promise<void> {
  for (const folder of folders) if (folder !== undefined) await rm(folder, { recursive: true, force: true })
}
