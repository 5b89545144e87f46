import type { IncomingHttpHeaders } from 'node:http'
import {
  classifyInboundRequest,
  CLIENT_CAPABILITIES_META_KEY,
  isJsonContentType,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server'
import { effectOf, type Tool } from '@taskwire/api'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { acceptsBothTypes } from './web_request.ts'

/** A `tools/list` or `tools/call` that needs no server of the SDK. */
export interface DirectCall {
  readonly id: string | number
  /** Protocols of 2024 and 2025, or 2026-07-28. */
  readonly era: 'legacy' | 'modern'
  /** Undefined for `tools/list`. */
  readonly tool: Tool | undefined
  readonly args: Readonly<Record<string, unknown>>
}

/**
 * Recognizes a request that the SDK would only check and pass on to a tool. Undefined for every other one, however slight
 * the difference: how to answer that is the SDK's to say.
 */
export function directCall(
  { headers, body }: Pick<FastifyRequest, 'headers' | 'body'>,
  tools: readonly Tool[],
): DirectCall | undefined {
  if (!isJsonContentType(headers['content-type'] ?? null) || !acceptsBothTypes(headers.accept)) return undefined
  const parsed = plainRequest.safeParse(body)
  const era = parsed.success ? eraOf(headers, body, parsed.data) : undefined
  if (!parsed.success || era === undefined) return undefined
  const { id, method, params } = parsed.data
  if (method === 'tools/list') return { id, era, tool: undefined, args: {} }
  const args = argumentsOf(body)
  const tool = tools.find(({ name }) => name === params.name)
  if (tool === undefined || args === undefined) return undefined
  const asks = effectOf(tool.name, args)?.does === 'remove' && canElicit.safeParse(params._meta).success
  return asks ? undefined : { id, era, tool, args }
}

const MODERN = '2026-07-28'

/** The protocol's era if the headers are those that it wants. */
function eraOf(headers: IncomingHttpHeaders, body: unknown, request: PlainRequest): DirectCall['era'] | undefined {
  const { 'mcp-protocol-version': version, 'mcp-method': method, 'mcp-name': name } = headers
  if (Array.isArray(version) || Array.isArray(method) || Array.isArray(name)) return undefined
  const protocolVersionHeader = version === undefined ? {} : { protocolVersionHeader: version }
  const { kind } = classifyInboundRequest({ httpMethod: 'POST', ...protocolVersionHeader, body })
  if (kind === 'modern') {
    const isNamed = method === request.method && (request.method === 'tools/list' || name === request.params.name)
    return version === MODERN && isNamed ? kind : undefined
  }
  const isKnown = version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(version)
  return kind === 'legacy' && isKnown && method === undefined && name === undefined ? kind : undefined
}

const request = { jsonrpc: z.literal('2.0'), id: z.union([z.string(), z.int()]) }
const _meta = z.looseObject({}).optional()
const plainRequest = z.discriminatedUnion('method', [
  z.strictObject({ ...request, method: z.literal('tools/list'), params: z.strictObject({ _meta }).optional() }),
  z.strictObject({
    ...request,
    method: z.literal('tools/call'),
    params: z.strictObject({ _meta, name: z.string(), arguments: z.looseObject({}).optional() }),
  }),
])
type PlainRequest = z.infer<typeof plainRequest>

const canElicit = z.looseObject({ [CLIENT_CAPABILITIES_META_KEY]: z.looseObject({ elicitation: z.unknown() }) })

/** The arguments as they were sent: a schema would copy them. Undefined if the SDK would not pass all of them on. */
function argumentsOf(body: unknown): Record<string, unknown> | undefined {
  const args = sent.parse(body).params.arguments ?? {}
  return Object.hasOwn(args, '__proto__') ? undefined : args
}
const anyArguments = z.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null)
const sent = z.object({ params: z.object({ arguments: anyArguments.optional() }) })
