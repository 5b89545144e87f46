import { decodeFile, type Context, type FieldError, type Operation, type RestMeta } from '@taskwire/api'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Locate } from '../../http/error_response.ts'
import type { BodyUse } from '../../http/json_body.ts'
import { ifVersion } from './etag.ts'

/** How to read the input of an operation from a request, and where in the request each field of the input is. */
export interface InputSource {
  readonly body: BodyUse
  /** Where fields may not fit, `onIgnored` is called with the names of those that are left out. */
  readonly read: (request: FastifyRequest, onIgnored: Context['onIgnored']) => unknown
  readonly locate: Locate
  /** The names of the query parameters. */
  readonly query: readonly string[]
}

/** The fields that are sent as headers by every operation that has them. */
export const headerFields = {
  if_version: { header: 'if-match', convert: ifVersion },
  idempotency_key: { header: 'idempotency-key', convert: (text: string): unknown => text },
  lastEventId: { header: 'last-event-id', convert: (text: string): unknown => (text === '' ? undefined : text) },
} as const

export function inputSource({ input }: Operation, rest: RestMeta, unknownFields: 'reject' | 'ignore'): InputSource {
  const { path, header, open } = fieldsOf(input, rest)
  const from = bodyOrQuery(rest)
  const convert = converters(input)
  const pathReaders = path.map((name) => ({ name, convert: convert(name) }))
  const inQuery = from === 'file' ? open.filter((name) => name !== FILE) : from === 'query' ? open : []
  const queryReaders = inQuery.map((name) => ({ name, convert: convert(name) }))
  const headerReaders = header.map((name) => ({ name, ...headerFields[name] }))
  const bodyNames = from === 'body' ? new Set(open) : undefined

  function read({ params, query, headers, body }: RequestParts, onIgnored: Context['onIgnored']): unknown {
    if (bodyNames !== undefined && body !== undefined && !isRecord(body)) return body
    const values: Record<string, unknown> = {}
    for (const { name, convert } of pathReaders) values[name] = convert(params[name] ?? '')
    for (const { name, convert } of queryReaders) {
      const text = last(query[name])
      if (text !== undefined) values[name] = convert(text)
    }
    for (const { name, header, convert } of headerReaders) {
      const text = headers[header]
      if (typeof text === 'string') values[name] = convert(text)
    }
    if (from === 'file') return { ...values, [FILE]: body instanceof Uint8Array ? decodeFile(body) : '' }
    if (bodyNames === undefined || !isRecord(body)) return values
    for (const [name, value] of Object.entries(body)) {
      if (bodyNames.has(name)) values[name] = value
      // Prefixed, so that the schema rejects it even if it is named like a field of the path or the headers.
      else if (unknownFields === 'reject') values[UNKNOWN_PREFIX + name] = value
    }
    if (onIgnored === undefined || rest.fit === undefined) return values
    const { fitted, ignored } = rest.fit(values)
    onIgnored(ignored)
    return fitted
  }

  const locations = new Map<string | number, FieldError['loc']>([
    ...path.map((name) => [name, ['path', name]] as const),
    ...header.map((name) => [name, ['header', headerFields[name].header]] as const),
    ...open.map((name) => [name, from === 'file' ? fileLocation(name) : [from, name]] as const),
  ])

  return {
    body: from === 'body' ? 'read' : from === 'file' ? 'file' : 'ignored',
    query: queryReaders.map(({ name }) => name),
    // Fastify cannot know these types here: its parsers produce them.
    read: (request, onIgnored) => read(request as RequestParts, onIgnored),
    locate([name, ...rest]) {
      if (name === undefined) return [from]
      const location = locations.get(name)
      if (location !== undefined) return [...location, ...rest]
      return ['body', typeof name === 'string' ? name.slice(UNKNOWN_PREFIX.length) : name, ...rest]
    },
  }
}

interface RequestParts {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly headers: FastifyRequest['headers']
  readonly body: unknown
}

const UNKNOWN_PREFIX = 'body.'

function fileLocation(name: string): FieldError['loc'] {
  return name === FILE ? ['body'] : ['query', name]
}

/** The field that is the body where the input is a file. */
export const FILE = 'file'

type HeaderField = keyof typeof headerFields

function isHeaderField(name: string): name is HeaderField {
  return name in headerFields
}

/** The fields of an input by where they are sent: in the path, in headers, or (`open`) in the query or the body. */
export function fieldsOf(input: z.ZodObject, rest: RestMeta) {
  const names = Object.keys(input.shape)
  const path = names.filter((name) => rest.path.includes(`{${name}}`))
  const header = names.filter(isHeaderField)
  const open = names.filter((name) => !path.includes(name) && !isHeaderField(name))
  return { path, header, open }
}

export function bodyOrQuery({ input, methods }: RestMeta): NonNullable<RestMeta['input']> {
  if (input !== undefined) return input
  if (methods.includes('GET')) return 'query'
  return methods.includes('DELETE') ? 'none' : 'body'
}

/** Converts text by the declared type of a field. Text that cannot be converted stays text, which the schema rejects. */
function converters(input: z.ZodObject): (name: string) => (text: string) => unknown {
  const { properties } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  return (name) => {
    const property = properties?.[name]
    const type = typeof property === 'object' ? property.type : undefined
    if (type === 'boolean') return boolean
    return type === 'integer' || type === 'number' ? integer : (text) => text
  }
}

// z.coerce.boolean() would read "false" as true.
const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  on: true,
  false: false,
  '0': false,
  no: false,
  off: false,
}

function boolean(text: string): unknown {
  return booleans[text.toLowerCase()] ?? text
}

// z.coerce.number() would accept "1e3", "0x10" and " 5 ". Longer numbers are clamped: no column can hold them anyway.
function integer(text: string): unknown {
  if (!/^-?\d+$/.test(text)) return text
  return Math.min(Math.max(Number(text), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}

function last(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.at(-1) : value
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
