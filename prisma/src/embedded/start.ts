import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { cluster } from './cluster.ts'
import { instanceDirOf } from './instance_dir.ts'
import { underLock } from './lock.ts'
import { Keepalive } from './keepalive.ts'
import { unwritable } from './unwritable.ts'

export { DatabaseStartupError } from '../migrate/database_startup_error.ts'

export type Embedded = {
  url: string
  /** Call it after closing all other connections of this process: the last process to disconnect stops the server. */
  stop: () => Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  log?: (message: string) => void
  /** False only for tests: a crash of the machine may then lose everything. */
  durable?: boolean
  /** Called as soon as PostgreSQL runs or starts by itself: from then on the caller may block its thread. */
  onStarting?: (() => void) | undefined
  /** Aborted: PostgreSQL is not started any more, and its reason is thrown. */
  signal?: AbortSignal | undefined
}

/**
 * Connects to the embedded PostgreSQL of the data directory, starting it if needed. Several processes may share it. A
 * process reconnects after either side was killed, and restarts the server if it dies. Throws `DatabaseStartupError`.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, log = () => {}, durable = true, onStarting, signal } = options
  const directory = resolve(dataDir)
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw unwritable(directory, error)
  })
  const exclusively = <T>(work: () => Promise<T>) => underLock(join(directory, 'lock'), work)
  const keepalive = await exclusively(async () => {
    const instance = await instanceDirOf(directory, log)
    const password = await cluster(instance, { durable, onStarting })
    signal?.throwIfAborted()
    return Keepalive.at(instance, { password, durable, log, exclusively, onStarting })
  })
  return { url: keepalive.url, stop: () => leaveUnder(exclusively, keepalive) }
}

/** On a full disk the lock cannot be taken. The server is stopped all the same: nobody else could start it either. */
async function leaveUnder(exclusively: <T>(work: () => Promise<T>) => Promise<T>, keepalive: Keepalive): Promise<void> {
  try {
    await exclusively(() => keepalive.leave())
  } catch {
    await keepalive.leave()
  }
}
