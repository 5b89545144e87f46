import { Readable } from 'node:stream'
import type { JsonPage } from '@taskwire/api'
import type { FastifyReply } from 'fastify'
import { disconnectSignal } from '../../http/disconnect.ts'
import { sendJsonText, type Respond, type RestCall } from './call.ts'
import { isRecord } from './input.ts'

/** The page size for a list without `limit`: the largest that the operations allow. */
const BATCH_SIZE = 200
const STALLED_MS = 60_000

/**
 * Responds with a bare JSON array: with `limit` one page and a Link to the next, without it the whole list. A list of more
 * than one page is read in one snapshot, page by page as fast as the client receives it. An error after the first byte
 * destroys the connection, so that a client never takes an incomplete array for a complete one.
 */
export const respondWithList: Respond = async (call) => {
  const { input, request, reply } = call
  const signal = disconnectSignal(reply)
  const paged = isRecord(input) && input['limit'] !== undefined
  const page = await pageAsJson(call, paged ? input : batch(input), signal)
  if (paged && page.next_cursor !== null) reply.header('link', `<${nextUrl(call, page.next_cursor)}>; rel="next"`)
  if (paged || page.next_cursor === null) return sendJsonText(reply, page.items)
  reply.header('content-type', 'application/json; charset=utf-8')
  if (request.method === 'HEAD') return reply.send()
  return sendWholeList(call, signal)
}

async function pageAsJson({ operation, ctx }: RestCall, input: unknown, signal: AbortSignal): Promise<JsonPage> {
  const page = (await operation.runAsJson?.(ctx, input, signal))?.page
  if (page !== undefined) return page
  const { items, next_cursor } = pageOf(await operation.run(ctx, input, signal))
  return { items: JSON.stringify(items), next_cursor }
}

/** From its beginning: the first page was not read in the snapshot. */
async function sendWholeList(call: RestCall, signal: AbortSignal): Promise<FastifyReply> {
  const { ctx, operation, input, reply } = call
  const snapshot = ctx.services.snapshots.open()
  reply.raw.once('close', () => void snapshot.close())
  const next = async (cursor?: string) =>
    pageOf(await operation.run({ ...ctx, counted: true, snapshot }, batch(input, cursor), signal))
  const first = await next()
  reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy())
  // At most one page is buffered: the next one is read when it has been sent.
  return reply.send(Readable.from(wholeArray(first, next), { objectMode: false, highWaterMark: 1 }))
}

interface Page {
  readonly items: readonly unknown[]
  readonly next_cursor: string | null
}

async function* wholeArray(first: Page, next: (cursor: string) => Promise<Page>): AsyncGenerator<string> {
  yield `[${elements(first)}`
  let cursor = first.next_cursor
  while (cursor !== null) {
    const page = await next(cursor)
    if (page.items.length > 0) yield `,${elements(page)}`
    cursor = page.next_cursor
  }
  yield ']'
}

function elements({ items }: Page): string {
  return JSON.stringify(items).slice(1, -1)
}

function batch(input: unknown, cursor?: string): unknown {
  if (!isRecord(input)) return input
  return { ...input, limit: BATCH_SIZE, ...(cursor === undefined ? {} : { cursor }) }
}

/** Narrows the type of an output, which the operation's schema has already validated. */
function pageOf(output: unknown): Page {
  if (isPage(output)) return output
  throw new TypeError('an operation that answers items must have items and next_cursor in its output')
}

function isPage(output: unknown): output is Page {
  return isRecord(output) && Array.isArray(output['items']) && output['next_cursor'] !== undefined
}

/** The URL of the next page. It is encoded again from its parts, so that the request cannot inject into the header. */
function nextUrl({ rest, source, request }: RestCall, cursor: string): string {
  const params = new Map(Object.entries(Object(request.params)))
  const path = rest.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params.get(name))))
  const given = new Map<string, unknown>(Object.entries(Object(request.query)))
  const query = new URLSearchParams()
  for (const name of source.query) {
    const value = [given.get(name)].flat().at(-1)
    if (typeof value === 'string' && name !== 'cursor') query.set(name, value)
  }
  query.set('cursor', cursor)
  return `${path}?${query.toString()}`
}
