export { createTaskwireClient, type TaskwireClient, type TaskwireClientOptions } from './client.ts'
export { isTaskwireError, TaskwireError, type ClientReason } from './error.ts'
export { wholeTask } from './whole_task.ts'
export type { Fetch } from './response.ts'
export { apiErrors, limits, taskFields, type ErrorTraits, type TaskField } from './contract_data.ts'
export type { RetryOptions } from './calls.ts'
export type { Changes, FiredReminder, FollowOptions } from './changes.ts'
export type {
  AppRouter,
  Change,
  ErrorShape,
  FieldError,
  ErrorCode,
  LoggedTask,
  RouterInputs,
  RouterOutputs,
  Task,
} from './router.ts'
export type { Token } from './token.ts'
