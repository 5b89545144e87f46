import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { cluster } from './cluster.ts'
import { homeOf } from './instance_dir.ts'
import { underLock } from './lock.ts'
import { Presence } from './keepalive.ts'

export { DatabaseNotReady } from '../migrate/database_not_ready.ts'

export type Embedded = {
  url: string
  /** To be called when all other connections of this process are closed: the last process to leave stops the server. */
  stop: () => Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  log?: (message: string) => void
  /** False for tests alone: a crash of the machine may then lose everything. */
  durable?: boolean
}

/**
 * A PostgreSQL of our own in the data directory: attached to when it runs, else started. Several processes may share
 * it. It is found again after either side was killed, and started anew should it die. Throws `DatabaseNotReady`.
 */
export async function startEmbedded({ dataDir, log = () => {}, durable = true }: EmbeddedOptions): Promise<Embedded> {
  const directory = resolve(dataDir)
  await mkdir(directory, { recursive: true })
  const exclusively = <T>(work: () => Promise<T>) => underLock(join(directory, 'lock'), work)
  const presence = await exclusively(async () => {
    const home = await homeOf(directory, log)
    const password = await cluster(home, { durable })
    return Presence.at(home, { password, durable, log, exclusively })
  })
  return { url: presence.url, stop: () => exclusively(() => presence.leave()) }
}
