import { z } from 'zod'
import { limits } from '../core/limits.ts'
import { historyPage } from '../log/log.ts'
import { historyInput, historyOutput } from '../log/schema.ts'
import { protectedProcedure, router } from '../core/trpc.ts'
import { batchInput, batchOutput, executeBatch } from './batch.ts'
import { changeTasks } from './change_tasks.ts'
import { checkInput, checkItem } from './checklist.ts'
import { countsInput, countsOutput, taskCounts } from './counts.ts'
import { emptyTrash, emptyTrashInput, emptyTrashOutput } from './empty_trash.ts'
import { fitAddedFields } from './fit.ts'
import { getTask } from './get_task.ts'
import { jsonReads } from './json_reads.ts'
import { jsonWrites } from './json_writes.ts'
import { listPage } from './list.ts'
import { moveInput, moveTask } from './move.ts'
import { addQuickly, quickAddInput, quickAddPreview } from './quick_add.ts'
import { createInput, listInput, listOutput, taskInput, taskOutput, taskWriteInput, updateInput } from './schema.ts'
import { taskTrash } from './write_sql.ts'
import { skipTask } from './skip.ts'
import * as tool from './tool.ts'
import { orNotFound, liveTask, taskOf, writeTask } from './write.ts'
import { createTask, setCompleted, toggleTask, updateTask } from './write_fields.ts'

const task = '/api/{user_id}/tasks/{task_id}'

export const taskRouter = router({
  list: protectedProcedure
    .meta({
      summary: 'List your tasks, newest first',
      rest: { methods: ['GET'], path: '/api/{user_id}/tasks', status: 200, answer: 'items' },
      tool: tool.listTasks,
      json: jsonReads.list,
    })
    .input(listInput)
    .output(listOutput)
    .query(({ ctx, input }) => listPage(ctx, input)),

  batch: protectedProcedure
    .meta({
      summary: 'Create and change up to 100 tasks in one transaction',
      errors: ['task_not_found', 'version_mismatch', 'recurrence_ended'],
      rest: { methods: ['POST'], path: '/api/{user_id}/batch', status: 200, bodyLimit: limits.batchBytes },
      tool: changeTasks,
    })
    .input(batchInput)
    .output(batchOutput)
    .mutation(({ ctx, input, path }) => executeBatch(ctx, path, input)),

  counts: protectedProcedure
    .meta({
      summary: 'Count your tasks: by status, by when they are due, by priority and by tag',
      rest: { methods: ['GET'], path: '/api/{user_id}/tasks/counts', status: 200 },
    })
    .input(countsInput)
    .output(countsOutput)
    .query(({ ctx, input }) => taskCounts(ctx, input)),

  get: protectedProcedure
    .meta({
      summary: 'Get one task',
      errors: ['task_not_found'],
      rest: { methods: ['GET'], path: task, status: 200, etag: true },
      tool: getTask,
      json: jsonReads.get,
    })
    .input(taskInput)
    .output(taskOutput)
    .query(async ({ ctx, input }) => orNotFound(await liveTask(ctx, input.task_id, { mayUseStandby: true }))),

  history: protectedProcedure
    .meta({
      summary: "List a task's changes, newest first, deleted tasks included",
      errors: ['task_not_found'],
      rest: { methods: ['GET'], path: `${task}/history`, status: 200, answer: 'items' },
    })
    .input(historyInput)
    .output(historyOutput)
    .query(({ ctx, input }) => historyPage(ctx, input)),

  create: protectedProcedure
    .meta({
      summary: 'Create a task',
      rest: { methods: ['POST'], path: '/api/{user_id}/tasks', status: 201, etag: true, fit: fitAddedFields },
      tool: tool.addTask,
      json: jsonWrites.create,
    })
    .input(createInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await createTask(ctx, path, input))),

  quick_add: protectedProcedure
    .meta({
      summary: 'Create the task that a line of text describes',
      rest: {
        methods: ['POST'],
        path: '/api/{user_id}/tasks/quick',
        status: 201,
        etag: true,
        dryRun: { written: taskOutput, preview: quickAddPreview },
      },
      tool: tool.quickAdd,
    })
    .input(quickAddInput)
    .output(z.union([taskOutput, quickAddPreview]))
    .mutation(({ ctx, input, path }) => addQuickly(ctx, path, input)),

  update: protectedProcedure
    .meta({
      summary: 'Change the fields of a task that are sent',
      errors: ['task_not_found'],
      rest: { methods: ['PUT', 'PATCH'], path: task, status: 200, etag: true, fit: fitAddedFields },
      tool: tool.updateTask,
      json: jsonWrites.update,
    })
    .input(updateInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await updateTask(ctx, path, input))),

  toggle: protectedProcedure
    .meta({
      summary: 'Flip whether a task is completed',
      errors: ['task_not_found'],
      rest: { methods: ['PATCH'], path: `${task}/complete`, status: 200, input: 'none', etag: true },
      json: jsonWrites.toggle,
    })
    .input(taskWriteInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await toggleTask(ctx, path, input))),

  complete: protectedProcedure
    .meta({
      summary: 'Mark a task as completed',
      errors: ['task_not_found'],
      tool: tool.completeTask,
      json: jsonWrites.complete,
    })
    .input(taskWriteInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await setCompleted(ctx, { operation: path, input }, true))),

  reopen: protectedProcedure
    .meta({
      summary: 'Mark a task as not completed',
      errors: ['task_not_found'],
      tool: tool.reopenTask,
      json: jsonWrites.reopen,
    })
    .input(taskWriteInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await setCompleted(ctx, { operation: path, input }, false))),

  check: protectedProcedure
    .meta({
      summary: "Set whether an item of a task's checklist is done",
      errors: ['task_not_found', 'item_not_found'],
      rest: { methods: ['PUT'], path: `${task}/checklist/{item_id}`, status: 200, etag: true },
      json: jsonWrites.check,
    })
    .input(checkInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await checkItem(ctx, path, input))),

  skip: protectedProcedure
    .meta({
      summary: 'Move a recurring task to its next day, without completing it',
      errors: ['task_not_found', 'recurrence_ended'],
      rest: { methods: ['POST'], path: `${task}/skip`, status: 200, input: 'none', etag: true },
      json: jsonWrites.skip,
    })
    .input(taskWriteInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await skipTask(ctx, path, input))),

  move: protectedProcedure
    .meta({
      summary: 'Move a task in your manual order: after or before another, or to the first or last place',
      errors: ['task_not_found'],
      rest: { methods: ['POST'], path: `${task}/move`, status: 200, etag: true },
      json: jsonWrites.move,
    })
    .input(moveInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await moveTask(ctx, path, input))),

  delete: protectedProcedure
    .meta({
      summary: 'Move a task to the trash, from where it can be restored for 30 days',
      errors: ['task_not_found'],
      rest: { methods: ['DELETE'], path: task, status: 204 },
      tool: tool.deleteTask,
      json: jsonWrites.delete,
    })
    .input(taskWriteInput)
    .output(taskOutput)
    .mutation(async ({ ctx, input, path }) => taskOf(await writeTask(ctx, path, input, taskTrash))),

  empty_trash: protectedProcedure
    .meta({
      summary: 'Remove tasks from the trash for good',
      rest: { methods: ['DELETE'], path: '/api/{user_id}/trash', status: 200, input: 'query' },
    })
    .input(emptyTrashInput)
    .output(emptyTrashOutput)
    .mutation(({ ctx, input }) => emptyTrash(ctx, input)),
})
