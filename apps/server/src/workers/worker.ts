import type { Socket } from 'node:net'
import { attemptCounts } from '../auth/attempt_counts.ts'
import type { Env } from '../config/env.ts'
import { endRequests, pauseRequests, resumeRequests } from '../process/drain.ts'
import { isReady } from '../http/health.ts'
import { openApp } from '../process/open_app.ts'
import type { Cleanup } from '../process/shutdown.ts'
import { countInPrimary } from './count_in_primary.ts'
import { isToWorker, type FromWorker, type WorkerQuery } from './messages.ts'

export interface WorkerRole {
  readonly number: number
  /** How to hear from the primary, and to tell it something. Default: this process, which the primary has started. */
  readonly primary?: Pick<NodeJS.Process, 'on' | 'send'>
}

/** Serves the connections that the primary gives to this process. */
export async function serveWorker(
  configured: Env,
  { number, primary = process }: WorkerRole,
  cleanup: Cleanup,
): Promise<void> {
  const env = { ...configured, DATABASE_POOL_MAX: shareOfPool(configured) }
  const { app, services, metrics, begin } = await openApp(env, cleanup, {
    runsJobs: number === 0,
    // The primary has judged that when the server was started.
    mayBeOutdated: true,
    countAttempt: countInPrimary(attemptCounts(env)),
  })
  const sockets = new Set<Socket>()
  let isOpen = true
  app.isAccepting = () => isOpen
  cleanup.add(() => {
    app.stopping = true
    isOpen = false
    resumeRequests(app)
    return endRequests(app, services, { connections: () => sockets.size })
  })
  await app.ready()
  // Starts the checks of the server's timeouts, and its list of idle connections. It never listens itself.
  app.server.emit('listening')
  primary.on('message', (message: unknown, socket: unknown) => {
    if (!isToWorker(message)) return
    if (message.type === 'stopping') app.stopping = true
    if (message.type === 'pause') pauseRequests(app)
    if (message.type === 'connection' && isSocket(socket)) accept(socket)
    if (message.type === 'ask') void reply(message.id, message.about)
  })
  tell({ type: 'serving' })
  begin()

  function accept(socket: Socket): void {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // As the HTTP server sets them on connections that it accepts itself.
    socket.allowHalfOpen = true
    socket.setNoDelay(true)
    app.server.emit('connection', socket)
    socket.resume()
  }

  /** Where the primary has died nobody listens, and this process finishes what it has begun. */
  function tell(message: FromWorker): void {
    primary.send?.(message, undefined, undefined, () => {})
  }

  async function reply(id: number, about: WorkerQuery): Promise<void> {
    const answer = await answerTo(about).catch(() => undefined)
    tell({ type: 'answer', id, answer })
  }

  async function answerTo(about: WorkerQuery): Promise<unknown> {
    return about === 'ready' ? isReady(app, services) : metrics?.json()
  }
}

function isSocket(value: unknown): value is Socket {
  return typeof value === 'object' && value !== null && 'setNoDelay' in value
}

/** All workers together open as many connections as one process would. */
export function shareOfPool({ DATABASE_POOL_MAX, WORKERS }: Pick<Env, 'DATABASE_POOL_MAX' | 'WORKERS'>): number {
  return Math.max(MIN_POOL, Math.floor(DATABASE_POOL_MAX / WORKERS))
}
const MIN_POOL = 4
