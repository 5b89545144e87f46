import { flushCompileCache } from 'node:module'
import { createCleanup, ShutdownRequested, stopOnSignals } from './process/shutdown.ts'
import { disablePretenuring } from './process/v8_flags.ts'
import { numberOfWorker, stopWithPrimary } from './workers/role.ts'

disablePretenuring()
const workerNumber = numberOfWorker(process.argv)

// Everything else is loaded after the signal handlers are installed, so that a stop during startup is orderly as well.
const cleanup = createCleanup(report)
const started = main().catch(async (error: unknown) => {
  if (error instanceof ShutdownRequested) return
  await report(error)
  await cleanup.run()
  process.exit(1)
})
if (workerNumber === undefined) stopOnSignals(stop, () => cleanup.delayMs)
else stopWithPrimary(stop)

async function stop(): Promise<void> {
  cleanup.begin()
  // What startup is opening at this moment has to be registered before it can be closed.
  await started
  await cleanup.run()
}

async function main(): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    const { helpText } = await import('./config/env_help.ts')
    process.stdout.write(helpText())
    return
  }
  const { readEnv } = await import('./config/env.ts')
  const env = readEnv()
  if (workerNumber !== undefined) {
    const { serveWorker } = await import('./workers/worker.ts')
    await serveWorker(env, { number: workerNumber }, cleanup)
  } else if (env.WORKERS > 1) {
    const { servePrimary } = await import('./workers/primary.ts')
    await servePrimary(env, cleanup)
  } else {
    const { serve } = await import('./process/serve.ts')
    await serve(env, cleanup)
  }
  // Where Node keeps compiled code, it would do so when this process exits; a killed worker should find it before.
  flushCompileCache()
}

async function report(error: unknown): Promise<void> {
  const { startupErrorMessages } = await import('./process/startup_errors.ts')
  for (const line of startupErrorMessages(error)) process.stderr.write(`${line}\n`)
}
