import { settingWarnings, type Env } from '../config/env.ts'
import { drain } from './drain.ts'
import { banner, withPort } from './listening.ts'
import { openApp } from './open_app.ts'
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
  const { app, services, log, metrics, begin } = await openApp(env, cleanup, { runsJobs: true })
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
