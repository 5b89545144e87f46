import { Readable } from 'node:stream'
import { sendJson, type Answer, type Call } from './call.ts'
import { isRecord } from './input.ts'

/** The most that a page of an operation may hold. */
const BATCH = 200
const STALLED_MS = 60_000

/**
 * A bare JSON array. With `limit` one page, and a Link to the next; without it everything, read page by page and sent
 * as fast as the client takes it. An error after the first byte destroys the connection: the array is never closed
 * as if it were whole.
 */
export const answerItems: Answer = async (call) => {
  const { ctx, operation, input, request, reply } = call
  const paged = isRecord(input) && input['limit'] !== undefined
  const page = pageOf(await operation.run(ctx, paged ? input : batch(input)))
  if (paged && page.next_cursor !== null) reply.header('link', `<${nextUrl(call, page.next_cursor)}>; rel="next"`)
  if (paged || page.next_cursor === null) return sendJson(reply, page.items)
  reply.header('content-type', 'application/json; charset=utf-8')
  if (request.method === 'HEAD') return reply.send()
  reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy())
  // One page ahead at most: a page is read when the one before has gone.
  return reply.send(Readable.from(wholeArray(call, page), { objectMode: false, highWaterMark: 1 }))
}

interface Page {
  readonly items: readonly unknown[]
  readonly next_cursor: string | null
}

async function* wholeArray({ operation, ctx, input }: Call, first: Page): AsyncGenerator<string> {
  yield `[${elements(first)}`
  let cursor = first.next_cursor
  while (cursor !== null) {
    const page = pageOf(await operation.run({ ...ctx, counted: true }, batch(input, cursor)))
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
  return { ...input, limit: BATCH, ...(cursor === undefined ? {} : { cursor }) }
}

/** An operation's output has gone through its schema; this only tells the compiler. */
function pageOf(output: unknown): Page {
  if (isPage(output)) return output
  throw new TypeError('an operation that answers items must have items and next_cursor in its output')
}

function isPage(output: unknown): output is Page {
  return isRecord(output) && Array.isArray(output['items']) && output['next_cursor'] !== undefined
}

/** The same path and known query with another cursor, written anew so that nothing in it can end the header early. */
function nextUrl({ rest, source, request }: Call, cursor: string): string {
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
