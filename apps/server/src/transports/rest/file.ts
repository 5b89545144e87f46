import { Readable } from 'node:stream'
import { disconnectSignal } from '../../http/disconnect.ts'
import type { Respond } from './call.ts'
import { isRecord } from './input.ts'

const STALLED_MS = 60_000

/**
 * Responds with a file, part by part as fast as the client receives it. An error after the first part destroys the
 * connection, so that a client never takes an incomplete file for a complete one.
 */
export const respondWithFile: Respond = async ({ operation, ctx, input, request, reply }) => {
  const signal = disconnectSignal(reply)
  const next = async (cursor?: string) => {
    if (cursor === undefined) return partOf(await operation.run(ctx, input, signal))
    const later = { ...(isRecord(input) ? input : {}), cursor }
    return partOf(await operation.run({ ...ctx, counted: true }, later, signal))
  }
  const first = await next()
  reply.header('content-type', first.media_type)
  reply.header('content-disposition', `attachment; filename="${first.file_name}"`)
  reply.header('cache-control', 'no-store')
  if (request.method === 'HEAD') return reply.send()
  if (first.next_cursor === null) return reply.send(first.text)
  reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy())
  return reply.send(Readable.from(wholeFile(first, next), { objectMode: false, highWaterMark: 1 }))
}

interface FilePart {
  readonly text: string
  readonly next_cursor: string | null
  readonly media_type: string
  readonly file_name: string
}

async function* wholeFile(first: FilePart, next: (cursor: string) => Promise<FilePart>): AsyncGenerator<string> {
  if (first.text !== '') yield first.text
  for (let cursor = first.next_cursor; cursor !== null;) {
    const part = await next(cursor)
    if (part.text !== '') yield part.text
    cursor = part.next_cursor
  }
}

/** Narrows the type of an output, which the operation's schema has already validated. */
function partOf(output: unknown): FilePart {
  if (isPart(output)) return output
  throw new TypeError('an operation that answers a file must have text, next_cursor and media_type in its output')
}

function isPart(output: unknown): output is FilePart {
  return isRecord(output) && typeof output['text'] === 'string' && typeof output['media_type'] === 'string'
}
