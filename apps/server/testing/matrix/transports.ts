import { appRouter, operations, type Operation, type RestMeta } from '@taskwire/api'
import { z } from 'zod'
import { bodyOrQuery, FILE, fieldsOf, headerFields } from '../../src/transports/rest/input.ts'
import type { HttpReply, HttpRequest } from './http.ts'

export type Args = Readonly<Record<string, unknown>>

/** A call of an operation, independent of the transport. */
export interface MatrixCall {
  readonly token: string | undefined
  /** The user that the caller names, in the path or as `user_id`; undefined: the transport's way to name nobody. */
  readonly user: string
  /** Whether `user` is named where naming is optional. */
  readonly namesUser?: boolean
  readonly args: Args
}

/** One way to call one operation. */
export interface Route {
  readonly title: string
  readonly operation: Operation
  readonly via: 'rest' | 'trpc' | 'mcp' | 'chat'
  readonly rest?: { readonly meta: RestMeta; readonly method: string; readonly streamed: boolean }
  /** The fields of the input that can be sent on this route. */
  readonly fields: readonly string[]
  readonly request: (call: MatrixCall) => HttpRequest
  /** `ok`, or the code of the error. */
  readonly outcome: (reply: HttpReply) => string
}

/** Every operation on every transport that offers it. */
export function allRoutes(): Route[] {
  return operations(appRouter).flatMap((operation) => [
    ...restRoutes(operation),
    trpcRoute(operation),
    ...(operation.tool === undefined ? [] : [mcpRoute(operation), chatRoute(operation)]),
  ])
}

const JSON_TYPE = { 'content-type': 'application/json' }
const FIRST_CHANGE = /"(?:seq|reason|code)":[^]*\n\n/

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

function restRoutes(operation: Operation): Route[] {
  const { rest: meta } = operation
  if (meta === undefined) return []
  const plain = meta.methods.map((method) => restRoute(operation, { meta, method, streamed: false }))
  const streamed = meta.methods.map((method) => restRoute(operation, { meta, method, streamed: true }))
  return meta.streamed_by === undefined && meta.tells_progress !== true ? plain : [...plain, ...streamed]
}

function restRoute(operation: Operation, rest: NonNullable<Route['rest']>): Route {
  const { meta, method, streamed } = rest
  const { path, header, open } = fieldsOf(operation.input, meta)
  const from = bodyOrQuery(meta)
  const accept: Record<string, string> = streamed || meta.answer === 'events' ? { accept: 'text/event-stream' } : {}
  return {
    title: `${operation.name} by ${method} ${meta.path}${streamed ? ' as a stream' : ''}`,
    operation,
    via: 'rest',
    rest,
    fields: [...path, ...header, ...(from === 'none' ? [] : open)],
    request: ({ token, user, args }) => {
      const named = header.filter((name) => args[name] !== undefined)
      const headers = Object.fromEntries(named.map((name) => [headerFields[name].header, headerText(name, args[name])]))
      const others = Object.entries(args).filter(
        ([name]) => !path.includes(name) && !named.some((each) => each === name),
      )
      const inQuery = others.filter(([name]) => from === 'query' || (from === 'file' && name !== FILE))
      const query = inQuery.map(([name, value]) => `${name}=${escaped(value)}`).join('&')
      return {
        method,
        path: restPath(meta.path, { user_id: user, ...args }) + (query === '' ? '' : `?${query}`),
        headers: { ...bearer(token), ...accept, ...headers, ...(from === 'body' ? JSON_TYPE : {}) },
        ...(from === 'body' ? { body: JSON.stringify(Object.fromEntries(others)) } : {}),
        ...(from === 'file' ? { body: textOf(args[FILE]) } : {}),
        ...(meta.answer === 'events' ? { until: FIRST_CHANGE } : {}),
      }
    },
    outcome: (reply) => {
      if (reply.status >= 300 && reply.status !== 304) return errorCode(reply)
      return /event: error\ndata: .*"code":"(\w+)"/.exec(reply.text)?.[1] ?? 'ok'
    },
  }
}

function restPath(path: string, values: Args): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => escaped(values[name]))
}

function escaped(value: unknown): string {
  return encodeURIComponent(textOf(value).toWellFormed())
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function headerText(name: string, value: unknown): string {
  // A client cannot send other characters in a header.
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?')
  return name === 'if_version' ? `"${text}"` : text
}

function trpcRoute(operation: Operation): Route {
  const { name, type } = operation
  // A mutation without a declared output is a stream, which only a batch with this header may ask for.
  const streams = type === 'mutation' && operation.output === undefined
  const request: Route['request'] = ({ token, user, namesUser, args }) => {
    const input = JSON.stringify(namesUser === true ? { ...args, user_id: user } : args)
    if (streams) {
      const headers = { ...bearer(token), ...JSON_TYPE, 'trpc-accept': 'application/jsonl' }
      return { method: 'POST', path: `/trpc/${name}?batch=1`, headers, body: `{"0":${input}}` }
    }
    if (type === 'mutation') {
      return { method: 'POST', path: `/trpc/${name}`, headers: { ...bearer(token), ...JSON_TYPE }, body: input }
    }
    const until = type === 'subscription' ? { until: FIRST_CHANGE } : {}
    const path = `/trpc/${name}?input=${encodeURIComponent(input)}`
    return { method: 'GET', path, headers: bearer(token), ...until }
  }
  return {
    title: `${name} by tRPC`,
    operation,
    via: 'trpc',
    fields: Object.keys(operation.input.shape),
    request,
    // What Node's parser refuses is no procedure call yet, and has the form of REST.
    outcome: ({ text, status }) => /"reason":"(\w+)"/.exec(text)?.[1] ?? (status === 431 ? errorCode({ text }) : 'ok'),
  }
}

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'matrix', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

function mcpRoute(operation: Operation): Route {
  const { name = '', input } = operation.tool ?? {}
  return {
    title: `${operation.name} by the MCP tool ${name}`,
    operation,
    via: 'mcp',
    fields: Object.keys(input?.shape ?? {}),
    request: ({ token, user, namesUser, args }) => ({
      method: 'POST',
      path: '/mcp',
      headers: {
        ...bearer(token),
        ...JSON_TYPE,
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: namesUser === true ? { ...args, user_id: user } : args, _meta: envelope },
      }),
    }),
    outcome: (reply) => {
      if (reply.status >= 300) return errorCode(reply)
      const { result, error } = toolReply.parse(JSON.parse(reply.text))
      if (error !== undefined) return `rpc ${error.code}`
      return result?.isError === true ? (result.structuredContent?.code ?? 'no code') : 'ok'
    },
  }
}

const toolReply = z.object({
  result: z
    .object({
      isError: z.boolean().optional(),
      structuredContent: z.object({ code: z.string().optional() }).optional(),
    })
    .optional(),
  error: z.object({ code: z.number() }).optional(),
})

/** The assistant of the tests makes the call that the message describes. */
function chatRoute(operation: Operation): Route {
  const { name = '', input } = operation.tool ?? {}
  return {
    title: `${operation.name} by the chat's tool ${name}`,
    operation,
    via: 'chat',
    fields: Object.keys(input?.shape ?? {}).filter((field) => field !== 'idempotency_key'),
    request: ({ token, user, namesUser, args }) => ({
      method: 'POST',
      // The chat's route is in the matrix itself: here its caller is who he says he is.
      path: `/api/${encodeURIComponent(namesUser === true ? userOf(token) : user)}/chat`,
      headers: { ...bearer(token), ...JSON_TYPE },
      body: JSON.stringify({
        message: JSON.stringify({ tool: name, args: namesUser === true ? { ...args, user_id: user } : args }),
      }),
    }),
    outcome: (reply) => {
      if (reply.status >= 300) return errorCode(reply)
      const [call] = chatReply.parse(JSON.parse(reply.text)).tool_calls
      return call === undefined ? 'no call' : (call.result.code ?? 'ok')
    },
  }
}

const chatReply = z.object({ tool_calls: z.array(z.object({ result: z.object({ code: z.string().optional() }) })) })

function userOf(token = ''): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return z.object({ sub: z.string() }).parse(JSON.parse(payload)).sub
}

/** The code of an error response of REST, tRPC or MCP. */
export function errorCode({ text }: Pick<HttpReply, 'text'>): string {
  return /"(?:code|reason)":"(\w+)"/.exec(text)?.[1] ?? `no code in ${text.slice(0, 200)}`
}
