import { protectedProcedure, router } from '../core/trpc.ts'
import { checkInput, checkItem } from './checklist.ts'
import { moveInput, moveTask } from './move.ts'
import { createInput, taskWriteInput, updateInput } from './schema.ts'
import { skipTask } from './skip.ts'
import { writeTask } from './write.ts'
import { createTask, setCompleted, toggleTask, updateTask } from './write_fields.ts'
import { taskTrash } from './write_sql.ts'

/**
 * The writes that answer one task, for transports that only pass the answer on: the same inputs, steps and errors as in
 * `router.ts`, and the answer as text. `json_writes.test.ts` compares their bytes.
 */
export const jsonWrites = router({
  create: protectedProcedure.input(createInput).mutation(({ ctx, input, path }) => createTask(ctx, path, input)),

  update: protectedProcedure.input(updateInput).mutation(({ ctx, input, path }) => updateTask(ctx, path, input)),

  toggle: protectedProcedure.input(taskWriteInput).mutation(({ ctx, input, path }) => toggleTask(ctx, path, input)),

  complete: protectedProcedure
    .input(taskWriteInput)
    .mutation(({ ctx, input, path }) => setCompleted(ctx, { operation: path, input }, true)),

  reopen: protectedProcedure
    .input(taskWriteInput)
    .mutation(({ ctx, input, path }) => setCompleted(ctx, { operation: path, input }, false)),

  check: protectedProcedure.input(checkInput).mutation(({ ctx, input, path }) => checkItem(ctx, path, input)),

  skip: protectedProcedure.input(taskWriteInput).mutation(({ ctx, input, path }) => skipTask(ctx, path, input)),

  move: protectedProcedure.input(moveInput).mutation(({ ctx, input, path }) => moveTask(ctx, path, input)),

  delete: protectedProcedure
    .input(taskWriteInput)
    .mutation(({ ctx, input, path }) => writeTask(ctx, path, input, taskTrash)),
})
