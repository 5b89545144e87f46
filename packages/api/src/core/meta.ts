import type { AnyTRPCProcedure } from '@trpc/server'
import type { z } from 'zod'
import type { ErrorCode } from '../errors/api_error.ts'
import type { Services } from './services.ts'

/** How a procedure looks on each transport. The transports read this and decide nothing themselves. */
export interface OperationMeta {
  /** One line for people: the OpenAPI summary. */
  readonly summary: string
  /** The errors of this operation, besides those of every one: sign-in, input, versions, keys, overload. */
  readonly errors?: readonly ErrorCode[]
  readonly rest?: RestMeta
  readonly tool?: ToolMeta
  /** A procedure with the same input that returns the output as a `JsonAnswer`. */
  readonly json?: AnyTRPCProcedure
}

export interface RestMeta {
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[]
  /** With `{name}` for parameters; `{user_id}` is the user that the caller acts for. */
  readonly path: string
  readonly status: 200 | 201 | 204
  /**
   * Where the rest of the input comes from. Default: `query` for GET, `body` for POST, PUT and PATCH, else `none`.
   * `file`: the body, of whatever type, is the text of the field `file`; the others are in the query.
   */
  readonly input?: 'query' | 'body' | 'none' | 'file'
  /**
   * `items`: the response is the array in the output's `items`, with its `next_cursor` as a Link; without `limit` it
   * has all pages.
   * `events`: the operation is a subscription, served as server-sent events.
   * `file`: the response is the text of all parts of the output, as its `media_type`.
   */
  readonly answer?: 'items' | 'events' | 'file'
  /** With `dry_run` the operation writes nothing, and answers a preview with 200 in place of what it has written. */
  readonly dryRun?: { readonly written: z.ZodType; readonly preview: z.ZodType }
  /** The output has a `version`, which is sent as `ETag`; a query answers 304 when `If-None-Match` names it. */
  readonly etag?: boolean
  /** The body as far as it fits, for clients from before a field existed. */
  readonly fit?: (body: Readonly<Record<string, unknown>>) => FittedBody
  /** The largest body in bytes, where that is not the default. */
  readonly bodyLimit?: number
  /** The operation that answers instead, with server-sent events, when the caller accepts `text/event-stream`. */
  readonly streamed_by?: string
  /** To a caller that accepts `text/event-stream` its progress is told, before the output. */
  readonly tells_progress?: boolean
}

export interface FittedBody {
  readonly fitted: Readonly<Record<string, unknown>>
  /** The names of the fields that were left out. */
  readonly ignored: readonly string[]
}

/** How an operation is presented to agents, and what they get of its answer. */
export type ToolMeta = ToolPresentation & (ToolResult | WrittenToolResult)

/** A tool that shows a part of what its operation returns. */
export interface ToolResult {
  /** The part of the operation's output that is shown to the agent. */
  readonly result: (
    answer: unknown,
    services: Services,
    args: Readonly<Record<string, unknown>>,
  ) => Record<string, unknown> | Promise<Record<string, unknown>>
  readonly json?: undefined
}

/** A tool whose answer PostgreSQL writes. */
export interface WrittenToolResult {
  /** A procedure whose input is the tool's arguments and that returns the tool's output as a `JsonAnswer`. */
  readonly json: AnyTRPCProcedure
  readonly result?: undefined
}

export interface ToolPresentation {
  readonly name: string
  /** Two or three words for people: what a client shows. */
  readonly title: string
  /** Written for a model: what the tool does, what it returns, what to do on an error. */
  readonly description: string
  /** The arguments: fields of the operation's input, each by the same rule or a narrower one. */
  readonly input: z.ZodObject
  readonly output: z.ZodObject
  /** The operation's input that the arguments stand for, if they are not fields of it. */
  readonly toInput?: (args: Readonly<Record<string, unknown>>) => Record<string, unknown>
  /** It overwrites or removes something. */
  readonly destructive?: boolean
  /** It can remove a task. The assistant asks the user before it makes several such calls. */
  readonly removes?: boolean
  /** Calling it again with the same arguments leaves the tasks as they are. */
  readonly idempotent?: boolean
}
