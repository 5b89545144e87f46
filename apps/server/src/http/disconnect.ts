import type { FastifyReply } from 'fastify'

/** A signal that is aborted when the client disconnects before its response is complete. */
export function disconnectSignal({ raw }: FastifyReply): AbortSignal {
  const disconnected = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) disconnected.abort()
  })
  return disconnected.signal
}
