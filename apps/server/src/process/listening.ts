import { embeddedDirectory } from '@taskwire/db/reach'
import { localUrl, type Env } from '../config/env.ts'
import { findPort } from './port.ts'

/** Checks that the port is free before anything else happens. With PORT=0 this also chooses the port. */
export async function withPort(env: Env): Promise<Env> {
  const PORT = await findPort(env.HOST, env.PORT)
  const isLocal = env.BETTER_AUTH_URL === localUrl(env.HOST, env.PORT)
  const { ADMIN_HOST } = env
  const ADMIN_PORT =
    env.ADMIN_PORT === undefined ? undefined : await findPort(ADMIN_HOST, env.ADMIN_PORT, { prefix: 'ADMIN_' })
  return { ...env, PORT, ADMIN_PORT, BETTER_AUTH_URL: isLocal ? localUrl(env.HOST, PORT) : env.BETTER_AUTH_URL }
}

/** What the start says once the server answers. */
export function banner(env: Env): string {
  const url = localUrl(env.HOST, env.PORT)
  const { ADMIN_HOST, ADMIN_PORT } = env
  const metrics = ADMIN_PORT === undefined ? '' : `  metrics ${localUrl(ADMIN_HOST, ADMIN_PORT)}/metrics\n`
  const data = env.DATABASE_URL === undefined ? embeddedPlace(env) : 'the database of DATABASE_URL'
  return `Taskwire is running at ${url}\n  data    ${data}\n  docs    ${url}/docs\n${metrics}  stop    Ctrl-C\n`
}

/** Where an operator finds the files: as root they may be elsewhere than the data directory. */
function embeddedPlace({ TASKWIRE_DATA_DIR: dataDir }: Env): string {
  const directory = embeddedDirectory(dataDir) ?? dataDir
  return directory === dataDir ? dataDir : `${directory} (tasks and accounts), ${dataDir} (secret)`
}
