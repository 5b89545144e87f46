import { disconnectSignal } from '../../http/disconnect.ts'
import { sendEvents, type ServerEvent } from '../../http/event_stream.ts'
import { sendJson, type Respond, type RestCall } from './call.ts'
import { acceptsEvents, errorData } from './stream.ts'

/**
 * Responds with the output of a slow operation: as JSON or, to a client that accepts server-sent events, as the event
 * `result` after events `progress`. A failure before the first event is an ordinary error response.
 */
export const respondWithProgress: Respond = async (call) => {
  const { operation, rest, ctx, input, request, reply } = call
  const disconnected = disconnectSignal(reply)
  if (!acceptsEvents(request)) return sendJson(reply.code(rest.status), await operation.run(ctx, input, disconnected))
  const progress = latestProgress()
  const output = operation.run({ ...ctx, onProgress: progress.report }, input, disconnected)
  // A client that has left reads no failure.
  output.catch(() => {})
  await Promise.race([progress.reported(), output])
  return sendEvents(reply, progressEvents(progress, output, call))
}

interface Progress {
  readonly written: number
  readonly total: number
}

/** Keeps the last progress alone: a client that reads slowly misses the earlier ones. */
function latestProgress() {
  let latest: Progress | undefined
  let news = Promise.withResolvers<void>()
  return {
    report: (written: number, total: number): void => {
      latest = { written, total }
      news.resolve()
    },
    reported: () => news.promise,
    /** Undefined if there is none since the last call. */
    take: (): Progress | undefined => {
      const taken = latest
      latest = undefined
      news = Promise.withResolvers<void>()
      return taken
    },
  }
}

async function* progressEvents(
  progress: ReturnType<typeof latestProgress>,
  output: Promise<unknown>,
  { request, source }: RestCall,
): AsyncGenerator<ServerEvent> {
  try {
    for (;;) {
      await Promise.race([progress.reported(), output])
      const data = progress.take()
      if (data === undefined) break
      yield { event: 'progress', data }
    }
    yield { event: 'result', data: await output }
  } catch (error) {
    yield { event: 'error', data: errorData(error, request, source.locate) }
  }
}
