import type {
  inferRouterInputs,
  inferRouterOutputs,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server'
// `@trpc/server` exports this type by a name of its own only since 11.1; the entry below has it in every 11.x.
import type { BuiltRouter } from '@trpc/server/unstable-core-do-not-import'
import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from '@trpc/server/rpc'
import type { fieldError, procedures, apiErrors } from './contract.ts'

/** The server's router as callers see it: for `createTRPCClient` and other tools of tRPC. */
export type AppRouter = BuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: false },
  {
    [Router in keyof Procedures]: {
      [Name in keyof Procedures[Router]]: Procedure<Procedures[Router][Name]>
    }
  }
>

export type RouterInputs = inferRouterInputs<AppRouter>
export type RouterOutputs = inferRouterOutputs<AppRouter>

/** A task. */
export type Task = RouterOutputs['task']['get']
/** One accepted write on one task: an entry of its user's log. */
export type Change = RouterOutputs['change']['list']['changes'][number]
/** A task in an entry of the log. It lacks the fields that were added to tasks after the entry was written. */
export type LoggedTask = NonNullable<Change['after']>
/** The code of an error of the server: see `apiErrors`. */
export type ErrorCode = keyof typeof apiErrors
export type FieldError = typeof fieldError

/** An error as it is sent over the wire. */
export interface ErrorShape {
  message: string
  code: TRPC_ERROR_CODE_NUMBER
  data: {
    code: TRPC_ERROR_CODE_KEY
    httpStatus: number
    path?: string | undefined
    reason: ErrorCode
    request_id?: string | undefined
    retry_after?: number | undefined
    index?: number | undefined
    fields?: readonly FieldError[] | undefined
    current?: Task | undefined
    conversation_id?: number | undefined
    tool_calls?: readonly unknown[] | undefined
    required_scope?: 'tasks:read' | 'tasks:write' | undefined
  }
}

type Procedures = typeof procedures

type Procedure<Definition> = Definition extends { type: infer Type; input: infer Input; output: infer Output }
  ? Type extends 'query'
    ? TRPCQueryProcedure<Types<Input, Output>>
    : Type extends 'mutation'
      ? TRPCMutationProcedure<Types<Input, Output>>
      : TRPCSubscriptionProcedure<Types<Input, Output>>
  : never

interface Types<Input, Output> {
  // An input whose fields are all optional may be left out: the client then sends an empty one.
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- the empty input is what is meant
  input: Record<never, never> extends Input ? Input | void : Input
  output: Output
  meta: object
}
