import { isToWorker } from './messages.ts'

/** The argument that makes a process a worker; its number follows. */
export const WORKER_FLAG = '--worker'

/** The number of this process among the workers; undefined for a process that is started by a person. */
export function numberOfWorker(args: readonly string[]): number | undefined {
  const index = args.indexOf(WORKER_FLAG)
  return index < 0 || process.send === undefined ? undefined : Number(args[index + 1])
}

/** Runs `stop` once the primary says so or has died. Signals reach a whole process group, and only the primary follows them. */
export function stopWithPrimary(
  stop: () => Promise<void>,
  worker: Pick<NodeJS.Process, 'on' | 'exit'> = process,
): void {
  const end = () => void stop().finally(() => worker.exit(0))
  worker.on('SIGINT', () => {})
  worker.on('SIGTERM', () => {})
  worker.on('SIGHUP', () => {})
  worker.on('disconnect', end)
  worker.on('message', (message: unknown) => {
    if (isToWorker(message) && message.type === 'drain') end()
  })
}
