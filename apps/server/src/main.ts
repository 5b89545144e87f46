import { keepCallsYoung } from './process/heap.ts'
import { closing, Stopped, stopOnSignals } from './process/stop.ts'

keepCallsYoung()

// All else is loaded when the signals are listened to: a stop during the start is an orderly one too.
const open = closing(report)
const started = main().catch(async (error: unknown) => {
  if (error instanceof Stopped) return
  await report(error)
  await open.all()
  process.exit(1)
})
stopOnSignals(async () => {
  open.begin()
  // Else what is being opened just now would outlive us.
  await started
  await open.all()
})

async function main(): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    const { helpText } = await import('./config/env_help.ts')
    process.stdout.write(helpText())
    return
  }
  const [{ readEnv }, { serve }] = await Promise.all([import('./config/env.ts'), import('./process/serve.ts')])
  await serve(readEnv(), open)
}

async function report(error: unknown): Promise<void> {
  const { startupErrorMessages } = await import('./process/startup_errors.ts')
  for (const line of startupErrorMessages(error)) process.stderr.write(`${line}\n`)
}
