import { Readable } from 'node:stream'
import { ApiError, calendarFile, type Services } from '@taskwire/api'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { disconnectSignal } from '../../http/disconnect.ts'
import { sendError } from '../../http/error_response.ts'

const STALLED_MS = 60_000

/**
 * Calendar feeds at `/feeds/{feed_token}.ics`: the token in the address is the only sign-in, because calendars send no
 * other. It reads this file and nothing else.
 */
export function feedRoutes({ services }: { readonly services: Services }): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.get('/feeds/:file', { config: { body: 'ignored' } }, async (request, reply) => {
      try {
        const file = await calendarFile(services, tokenIn(request), disconnectSignal(reply))
        if (file === null) throw new ApiError('not_found')
        reply.header('etag', file.etag).header('cache-control', 'private, no-cache').header('x-robots-tag', 'noindex')
        if (namesTag(request.headers['if-none-match'], file.etag)) return reply.code(304).send()
        reply.header('content-type', 'text/calendar; charset=utf-8')
        if (request.method === 'HEAD') return reply.send()
        // A calendar that stops reading holds no task in memory for long.
        reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy())
        const text = file.text()
        const first = await text.next()
        return reply.send(Readable.from(joined(first, text), { objectMode: false, highWaterMark: 1 }))
      } catch (error) {
        return sendError(reply, error)
      }
    })
  }
}

/** An error before the first piece is an ordinary response. */
async function* joined(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done !== true) yield first.value
  yield* rest
}

/** The token of a path; empty for one that is no feed's. */
function tokenIn({ params }: FastifyRequest): string {
  const { file = '' } = params as { file?: string }
  return /^([\w-]{43})\.ics$/.exec(file)?.[1] ?? ''
}

function namesTag(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? []
  return tags.includes(etag) || tags.includes('*')
}
