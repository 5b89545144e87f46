import { SERVER_INFO_META_KEY } from '@modelcontextprotocol/server'
import type { Principal, Tool } from '@taskwire/api'
import type { FastifyReply } from 'fastify'
import { disconnectSignal } from '../../http/disconnect.ts'
import { callTool, type ToolAnswer } from './call.ts'
import type { DirectCall } from './direct_call.ts'
import { identity, LIST_CACHE } from './introduction.ts'
import type { McpSession } from './server.ts'
import { toolList } from './tool_list.ts'

type Session = Omit<McpSession, 'updates'>

/** Answers direct calls with these tools, in the words and headers of the SDK (decision 039). */
export function directAnswers(tools: readonly Tool[]) {
  const listings = new Map<Principal['scope'], string>()
  function listing(principal: Principal): string {
    const known = listings.get(principal.scope) ?? members(toolList(principal, tools))
    listings.set(principal.scope, known)
    return known
  }

  return async ({ id, era, tool, args }: DirectCall, session: Session, reply: FastifyReply): Promise<FastifyReply> => {
    const result =
      tool === undefined
        ? `{${listing(session.principal)}${LIST_END[era]}}`
        : `{${callResult(await callTool(tool, session.context(), args, disconnectSignal(reply)))}${CALL_END[era]}}`
    const message = `{"result":${result},"jsonrpc":"2.0","id":${JSON.stringify(id)}}`
    // As bytes, because Fastify adds a charset to the type of a text.
    if (era === 'modern') return reply.header('content-type', 'application/json').send(Buffer.from(message))
    return reply.headers(STREAM_HEADERS).send(`event: message\ndata: ${message}\n\n`)
  }
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

const modernEnd = { resultType: 'complete', _meta: { [SERVER_INFO_META_KEY]: identity } }
const CALL_END = { legacy: '', modern: `,${members(modernEnd)}` }
const { resultType, _meta } = modernEnd
const LIST_END = { legacy: '', modern: `,${members({ resultType, ...LIST_CACHE, _meta })}` }

/** The JSON of an object without its braces. */
function members(value: object): string {
  return JSON.stringify(value).slice(1, -1)
}

/** The text of a success is the JSON of its structure. */
function callResult(answer: ToolAnswer): string {
  const { json, isError } = answer
  const content = `"content":[{"type":"text","text":${JSON.stringify(isError ? answer.text : json)}}]`
  return `${content},"structuredContent":${json}${isError ? ',"isError":true' : ''}`
}
