import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { holdMigratedDatabase } from '@taskwire/db/reach'
import { attemptCounts } from '../auth/attempt_counts.ts'
import { settingWarnings, type Env } from '../config/env.ts'
import { sharedSecret } from '../config/secret.ts'
import { ACCEPT_MS, stopListening } from '../process/drain.ts'
import { openLog } from '../process/log.ts'
import { listenError } from '../process/port.ts'
import { banner, withPort } from '../process/listening.ts'
import type { Cleanup } from '../process/shutdown.ts'
import { StdoutWriter } from '../process/stdout_writer.ts'
import { WorkerGroup } from './worker_group.ts'

/** What remains of the time to stop once no connection is accepted any more. */
const WORKERS_STOP_MS = 3600

/**
 * Serves with WORKERS processes: this one prepares the database, accepts the connections and gives each to a worker.
 * As the only listener it knows when the last one was accepted, so that stopping and losing a worker reset none.
 */
export async function servePrimary(
  configured: Env,
  cleanup: Cleanup,
  stdout: Pick<StdoutWriter, 'write'> = new StdoutWriter(),
): Promise<void> {
  const env = await withPort(configured)
  cleanup.delayMs = env.SHUTDOWN_DELAY_MS
  for (const line of settingWarnings()) process.stderr.write(`${line}\n`)
  const log = openLog(env)
  await sharedSecret(env)
  const { DATABASE_URL: url, TASKWIRE_DATA_DIR: dataDir } = env
  const { signal } = cleanup
  const database = await holdMigratedDatabase({ url, dataDir, log: (message) => log.info(message), signal })
  cleanup.add(() => database.close())
  const workers = new WorkerGroup({
    count: env.WORKERS,
    variables: { PORT: String(env.PORT), BETTER_AUTH_URL: env.BETTER_AUTH_URL },
    attempts: attemptCounts(env),
    log: (line) => log.warn(line),
  })
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    // Until it is given away: a client that leaves is not an error.
    socket.on('error', () => {})
    workers.give(socket)
  })
  cleanup.add(() => stop(server, workers, env.SHUTDOWN_DELAY_MS))
  await workers.start()
  if (env.ADMIN_PORT !== undefined) {
    const { serveSummedMetrics } = await import('./summed_metrics.ts')
    await serveSummedMetrics(env, { workers, log }, cleanup)
  }
  await listen(server, env)
  stdout.write(Buffer.from(banner(env)))
}

async function stop(server: Server, workers: WorkerGroup, delayMs: number): Promise<void> {
  workers.beginStop()
  if (server.listening) {
    await sleep(delayMs + ACCEPT_MS)
    // Draining lets them proceed.
    await stopListening({ server, pause: () => workers.pause(), resume: () => {} })
  }
  await workers.stop(WORKERS_STOP_MS)
}

async function listen(server: Server, { HOST: host, PORT: port }: Env): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)))
    server.listen({ host, port }, resolve)
  })
}
