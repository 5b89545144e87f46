import { mkdirSync } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { attemptCounts } from '../src/auth/attempt_counts.ts'
import { WorkerGroup } from '../src/workers/worker_group.ts'
import { numberOfWorker } from '../src/workers/role.ts'

// A server with one worker. The first process of it loses its connection to the primary and ends later; the second ends
// before it serves; the third answers. Prints what a client was told in the end, and on stderr what the group logs.

const [, , directory = ''] = process.argv
const log = (line: string) => void process.stderr.write(`${line}\n`)

if (numberOfWorker(process.argv) === undefined) await serve()
else work(attempt())

async function serve(): Promise<void> {
  const attempts = attemptCounts({ RATE_LIMIT_AUTH: 1 })
  const workers = new WorkerGroup({ count: 1, variables: { TRIAL_DIRECTORY: directory }, attempts, log })
  await workers.start()
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {})
    workers.give(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const ask = () => text(connect(port ?? 0, '127.0.0.1')).catch(() => 'reset')
  let latest = ask()
  for (let client = 0; client < 40; client++) {
    await sleep(10)
    latest = ask()
  }
  // On a busy machine the first worker may still have taken it.
  while ((await latest) !== 'worker 3') latest = ask()
  process.stdout.write(await latest)
  process.exit(0)
}

/** Which process of the worker this one is: 1 for the first. */
function attempt(): number {
  // oxlint-disable-next-line node/no-process-env
  const directoryOfTrial = process.env['TRIAL_DIRECTORY'] ?? ''
  for (let number = 1; ; number++) {
    try {
      mkdirSync(`${directoryOfTrial}/${number}`)
      return number
    } catch {
      // There was one before.
    }
  }
}

function work(number: number): void {
  if (number === 2) process.exit(1)
  process.on('message', (_message, socket: Socket | undefined) => socket?.end(`worker ${number}`))
  process.send?.({ type: 'serving' }, () => {
    if (number > 1) return
    process.disconnect()
    setTimeout(() => process.exit(1), 500)
  })
  if (number > 1) process.on('disconnect', () => process.exit(0))
}
