import type {
  AppRouter as ServerRouter,
  Change as ServerChange,
  ErrorCode as ServerReason,
  Task as ServerTask,
} from '@taskwire/api'
import type { inferRouterError, inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { expectTypeOf, test } from 'vitest'
import type { Change, ErrorShape, ErrorCode, RouterInputs, RouterOutputs, Task } from './router.ts'

// The compiler checks this file (`pnpm types`).

type ServerInputs = inferRouterInputs<ServerRouter>
type ServerOutputs = inferRouterOutputs<ServerRouter>
type ServerErrorData = inferRouterError<ServerRouter>['data']

test('the spelled-out types equal those of the server', () => {
  expectTypeOf<Task>().toEqualTypeOf<ServerTask>()
  expectTypeOf<Change>().toEqualTypeOf<ServerChange>()
  expectTypeOf<ErrorCode>().toEqualTypeOf<ServerReason>()
  expectTypeOf<keyof RouterOutputs>().toEqualTypeOf<keyof ServerOutputs>()
  expectTypeOf<RouterOutputs['task']>().toEqualTypeOf<ServerOutputs['task']>()
  expectTypeOf<RouterOutputs['change']['list']>().toEqualTypeOf<ServerOutputs['change']['list']>()
  expectTypeOf<RouterOutputs['chat']['send']>().toEqualTypeOf<ServerOutputs['chat']['send']>()
  expectTypeOf<RouterOutputs['conversation']>().toEqualTypeOf<ServerOutputs['conversation']>()
  expectTypeOf<RouterInputs['task']['create']>().toEqualTypeOf<ServerInputs['task']['create']>()
  expectTypeOf<RouterInputs['task']['update']>().toEqualTypeOf<ServerInputs['task']['update']>()
  expectTypeOf<RouterInputs['task']['list']>().toEqualTypeOf<ServerInputs['task']['list'] | void>()
})

test("a server error is assignable to the client's type", () => {
  // The server leaves the type of `current` open; the contract says that it is the task.
  expectTypeOf<Omit<ServerErrorData, 'current'>>().toExtend<Omit<ErrorShape['data'], 'current'>>()
  expectTypeOf<keyof ServerErrorData>().toEqualTypeOf<keyof ErrorShape['data']>()
})
