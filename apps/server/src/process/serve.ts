import { settingWarnings, type Env } from '../config/env.ts'
import { sharedSecret } from '../config/secret.ts'
import { beginDatabase } from './begin_database.ts'
import { drain } from './drain.ts'
import { banner, withPort } from './listening.ts'
import { loadApp } from './load_app.ts'
import { openLog } from './log.ts'
import { listenError } from './port.ts'
import { serveMetrics } from './serve_metrics.ts'
import type { Cleanup } from './shutdown.ts'
import { StdoutWriter } from './stdout_writer.ts'
import { v8FlagProblems } from './v8_flags.ts'

/** Starts everything in this process and listens. */
export async function serve(
  configured: Env,
  cleanup: Cleanup,
  stdout: Pick<StdoutWriter, 'write'> = new StdoutWriter(),
): Promise<void> {
  const env = await withPort(configured)
  cleanup.delayMs = env.SHUTDOWN_DELAY_MS
  for (const line of settingWarnings()) process.stderr.write(`${line}\n`)
  const log = openLog(env)
  // What is wrong with the configuration is said before a database is started.
  await sharedSecret(env)
  const database = await beginDatabase(env, log, cleanup)
  const openApp = await loadApp()
  const { app, services, metrics, begin } = await openApp(env, cleanup, { runsJobs: true, log, database })
  if (metrics !== undefined) await serveMetrics(env, { app, services, metrics, log }, cleanup)
  cleanup.add(() => drain(app, services, env.SHUTDOWN_DELAY_MS))
  await app
    .listen({ host: env.HOST, port: env.PORT, listenTextResolver: () => 'listening' })
    .catch((error: unknown) => {
      throw listenError(error, env.HOST, env.PORT)
    })
  begin()
  stdout.write(Buffer.from(banner(env)))
  for (const problem of await v8FlagProblems()) log.warn(problem)
}
