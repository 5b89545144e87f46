import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { unavailable } from './binaries.ts'
import type { Home } from './instance_dir.ts'
import { type Endpoint, freePort, type Postmaster, spawnPostmaster } from './postmaster.ts'

type Running = { client: Client; endpoint: Endpoint }
type Options = { password: string; durable: boolean }

/** A connection to the cluster's server, started if it does not run. Whether an old postmaster.pid is stale, PostgreSQL judges. */
export async function runningServer(home: Home, endpoint: Endpoint, options: Options): Promise<Running> {
  const deadline = Date.now() + 60_000
  let server: Postmaster | undefined
  for (let pause = 10; Date.now() < deadline; pause = Math.min(pause * 1.3, 200)) {
    const answer = await connected(home, endpoint, options.password)
    if (answer instanceof Client) return { client: answer, endpoint }
    if (answer === 'absent' && (server === undefined || hasEnded(server))) {
      const fault = server && (await complaint(server))
      if (fault && /Address already in use/.test(fault)) endpoint = { ...endpoint, port: await freePort() }
      // A server that is just going, or orphans of one that was killed: they end within a moment.
      else if (fault && !/postmaster\.pid" already exists|shared memory block/.test(fault)) throw refused(home, fault)
      if (fault) await sleep(200)
      server = spawnPostmaster(home, endpoint, options)
      const failure = await spawnFailure(server)
      if (failure) throw refused(home, failure)
    }
    await sleep(pause)
  }
  throw refused(home, (server && (await complaint(server))) ?? 'it did not answer within a minute')
}

/** A client; or `wait` while the server starts or stops; or `absent` where nothing of this cluster answers. */
async function connected(home: Home, endpoint: Endpoint, password: string): Promise<Client | 'wait' | 'absent'> {
  try {
    const client = await open(endpoint, password, 'taskwire')
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    // Behind a port that was ours before the crash there may be somebody else's server by now.
    if (endpoint.host.startsWith('/') || rows[0]?.data_directory === home.data) return client
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
    application_name: 'taskwire presence',
    connectionTimeoutMillis: 3000,
    keepAlive: true,
  })
  // The loss of a connection is told by its end.
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

/** What the server wrote since it was started, if that is a reason to give up. */
async function complaint({ log, logStart }: Postmaster): Promise<string | undefined> {
  const written = (await readFile(log)).subarray(logStart).toString()
  const lines = written
    .split('\n')
    .filter((line) => /FATAL|PANIC|Address already in use|error while loading/.test(line))
  return lines.length > 0 ? lines.map((line) => line.replace(/^.*?(FATAL|PANIC|LOG): +/, '')).join('; ') : undefined
}

function refused(home: Home, why: string) {
  return unavailable(`in ${home.directory} does not start (${why}; see server.log there): mend that`)
}
