import { createCleanup, ShutdownRequested, stopOnSignals } from './process/shutdown.ts'
import { disablePretenuring } from './process/v8_flags.ts'

disablePretenuring()

// Everything else is loaded after the signal handlers are installed, so that a stop during startup is orderly as well.
const cleanup = createCleanup(report)
const started = main().catch(async (error: unknown) => {
  if (error instanceof ShutdownRequested) return
  await report(error)
  await cleanup.run()
  process.exit(1)
})
stopOnSignals(
  async () => {
    cleanup.begin()
    // What startup is opening at this moment has to be registered before it can be closed.
    await started
    await cleanup.run()
  },
  () => cleanup.delayMs,
)

async function main(): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    const { helpText } = await import('./config/env_help.ts')
    process.stdout.write(helpText())
    return
  }
  const [{ readEnv }, { serve }] = await Promise.all([import('./config/env.ts'), import('./process/serve.ts')])
  await serve(readEnv(), cleanup)
}

async function report(error: unknown): Promise<void> {
  const { startupErrorMessages } = await import('./process/startup_errors.ts')
  for (const line of startupErrorMessages(error)) process.stderr.write(`${line}\n`)
}
