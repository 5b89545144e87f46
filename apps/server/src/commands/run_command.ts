import { constants } from 'node:os'
import { ConfigurationError } from '../config/env.ts'
import { DatabaseStartupError } from '@taskwire/db/migrate'

/** An error that the operator caused or can solve. Its message is the one line that is shown. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/**
 * Runs a command and sets the exit code: what it returns, or 1 after a failure, of which one line goes to standard error.
 * SIGINT and SIGTERM abort its signal; it then ends as those would end it, once it has cleaned up.
 */
export async function runCommand(command: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const stopped = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // A step that cannot be interrupted ends by a second signal, as any program would.
      if (stopped.signal.aborted) process.exit(128 + constants.signals[name])
      stopped.abort(name)
    })
  }
  try {
    process.exitCode = await command(stopped.signal)
    return
  } catch (error) {
    if (!stopped.signal.aborted) for (const line of errorLines(error)) process.stderr.write(`${line}\n`)
    process.exitCode = 1
  }
  if (!stopped.signal.aborted) return
  process.stderr.write('stopped; nothing was changed\n')
  process.exit(128 + (stopped.signal.reason === 'SIGINT' ? constants.signals.SIGINT : constants.signals.SIGTERM))
}

/** What to tell the operator: one line, or one for each problem of the configuration. */
export function errorLines(error: unknown): readonly string[] {
  if (error instanceof ConfigurationError) return error.problems
  if (error instanceof DatabaseStartupError || error instanceof CommandError) return [error.message]
  if (error instanceof AggregateError && error.message === '') return error.errors.flatMap(errorLines)
  return [(error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, ' ')]
}

/** Progress goes to standard error, so that standard output has the result alone. */
export function logProgress(line: string): void {
  process.stderr.write(`${line}\n`)
}
