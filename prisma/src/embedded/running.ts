import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { unavailable } from './binaries.ts'
import type { InstanceDir } from './instance_dir.ts'
import { type Endpoint, freePort, type Postmaster, spawnPostmaster } from './postmaster.ts'

type Running = { client: Client; endpoint: Endpoint }
type Options = { password: string; durable: boolean; onStarting?: (() => void) | undefined }

/** Connects to the cluster's server, starting it if needed. PostgreSQL itself decides whether a postmaster.pid is stale. */
export async function runningServer(instance: InstanceDir, endpoint: Endpoint, options: Options): Promise<Running> {
  const deadline = Date.now() + 60_000
  let server: Postmaster | undefined
  for (let pause = 10; Date.now() < deadline; pause = Math.min(pause * 1.3, 200)) {
    const answer = await connected(instance, endpoint, options.password)
    if (answer instanceof Client) {
      options.onStarting?.()
      return { client: answer, endpoint }
    }
    if (answer === 'absent' && (server === undefined || hasEnded(server))) {
      const fault = server && (await readServerErrors(server))
      if (fault && /Address already in use/.test(fault)) endpoint = { ...endpoint, port: await freePort() }
      // A server that is shutting down, or orphans of a killed one, end within a moment.
      else if (fault && !/postmaster\.pid" already exists|shared memory block/.test(fault))
        throw cannotStart(instance, fault)
      if (fault) await sleep(200)
      server = spawnPostmaster(instance, endpoint, options)
      const failure = await spawnFailure(server)
      if (failure) throw cannotStart(instance, failure)
      options.onStarting?.()
    }
    await sleep(pause)
  }
  throw cannotStart(instance, (server && (await readServerErrors(server))) ?? 'it did not answer within a minute')
}

/** A client; `wait` while the server starts or stops; `absent` when no server of this cluster answers. */
async function connected(
  instance: InstanceDir,
  endpoint: Endpoint,
  password: string,
): Promise<Client | 'wait' | 'absent'> {
  try {
    const client = await open(endpoint, password, 'taskwire')
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    // After a crash, another server may have taken the port.
    if (endpoint.host.startsWith('/') || rows[0]?.data_directory === instance.data) return client
    await client.end()
    return 'absent'
  } catch (error) {
    const code = error instanceof DatabaseError ? error.code : undefined
    if (code === CANNOT_CONNECT_NOW) return 'wait'
    if (code === INVALID_CATALOG_NAME) return createDatabase(endpoint, password)
    return 'absent'
  }
}

const CANNOT_CONNECT_NOW = '57P03'
const INVALID_CATALOG_NAME = '3D000'

async function createDatabase(endpoint: Endpoint, password: string): Promise<'wait'> {
  const client = await open(endpoint, password, 'postgres')
  await client.query('CREATE DATABASE taskwire')
  await client.end()
  return 'wait'
}

async function open({ host, port }: Endpoint, password: string, database: string): Promise<Client> {
  const client = new Client({
    host,
    port,
    user: 'postgres',
    password,
    database,
    ssl: false,
    application_name: 'taskwire keepalive',
    connectionTimeoutMillis: 3000,
    keepAlive: true,
  })
  // A lost connection is reported by its `end` event.
  client.on('error', () => {})
  await client.connect()
  return client
}

function hasEnded({ process: child }: Postmaster): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function spawnFailure({ process: child }: Postmaster): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(undefined))
    child.once('error', (error) => resolve(error.message))
  })
}

/** The errors that the server has logged since it was started, if any. */
async function readServerErrors({ log, logStart }: Postmaster): Promise<string | undefined> {
  const written = (await readFile(log)).subarray(logStart).toString()
  const lines = written
    .split('\n')
    .filter((line) => /FATAL|PANIC|Address already in use|error while loading/.test(line))
  return lines.length > 0 ? lines.map((line) => line.replace(/^.*?(FATAL|PANIC|LOG): +/, '')).join('; ') : undefined
}

function cannotStart(instance: InstanceDir, why: string) {
  return unavailable(`in ${instance.directory} does not start (${why}; see server.log there): fix that`)
}
