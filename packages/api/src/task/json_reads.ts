import { z } from 'zod'
import { protectedProcedure, router } from '../core/trpc.ts'
import { pageAnswer, type JsonAnswer } from '../core/json_answer.ts'
import { leanPageAsJson, listPageAsJson } from './list.ts'
import { listInput, taskInput } from './schema.ts'
import { taskTextSelect } from './sql.ts'
import { orNotFound } from './write.ts'

/**
 * The reads of the hot path a second time, for transports that only pass the answer on: the same inputs, steps and
 * errors, and the answer as text. `json_reads.test.ts` compares their bytes.
 */
export const jsonReads = router({
  get: protectedProcedure.input(taskInput).query(async ({ ctx, input }): Promise<JsonAnswer> => {
    const [row] = await ctx.services.sql<JsonAnswer>({
      ...taskTextSelect(ctx.user_id, input.task_id),
      mayUseStandby: true,
    })
    return orNotFound(row ?? null)
  }),

  list: protectedProcedure
    .input(listInput)
    .query(async ({ ctx, input }): Promise<JsonAnswer> => pageAnswer(await listPageAsJson(ctx, input))),

  /** What the tool that lists tasks answers. */
  listed: protectedProcedure
    .input(listInput.extend({ details: z.boolean().optional() }))
    .query(async ({ ctx, input: { details, ...input } }): Promise<JsonAnswer> => {
      const page = details === true ? listPageAsJson(ctx, input) : leanPageAsJson(ctx, input)
      const { items, next_cursor } = await page
      return { json: `{"tasks":${items},"next_cursor":${JSON.stringify(next_cursor)}}` }
    }),
})
