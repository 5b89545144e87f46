import type { Statement } from '@taskwire/db'
import { z } from 'zod'
import type { JsonAnswer } from '../core/json_answer.ts'
import type { UserContext } from '../core/trpc.ts'
import { fragment } from '../core/statement.ts'
import { ApiError } from '../errors/api_error.ts'
import { idempotentWrite, type ChangeMetadata } from '../log/write.ts'
import { itemId } from './inputs/checklist.ts'
import { taskId, writeFields } from './schema.ts'
import { answeredAsText, assertVersion, liveTask, orNotFound, rowOf, wantedVersions } from './write.ts'
import { liveRow, statement, updateStatement, type LiveTask, type TaskWrite } from './write_sql.ts'

export const checkInput = z.strictObject({
  task_id: taskId,
  item_id: itemId.meta({ description: "The id of an item of the task's checklist" }),
  done: z.boolean(),
  ...writeFields,
})
type CheckInput = z.infer<typeof checkInput>

/** Sets whether one item of a task's checklist is done, and leaves the other items as they are. */
export function checkItem(ctx: UserContext, operation: string, input: CheckInput): Promise<JsonAnswer> {
  const { task_id, item_id, if_version } = input
  const task = { user_id: ctx.user_id, id: task_id, versions: wantedVersions(if_version) }
  return idempotentWrite<JsonAnswer>(ctx, {
    operation,
    input,
    execute: (metadata) => rowOf(ctx, taskCheck(task, input, metadata)),
    replay: answeredAsText,
    diagnose: async () => {
      const current = orNotFound(await liveTask(ctx, task_id))
      if (!current.checklist.some(({ id }) => id === item_id)) throw new ApiError('item_not_found')
      assertVersion(current, if_version)
    },
  })
}

const id = ({ fields }: TaskWrite) => fields['item_id']
const done = ({ fields }: TaskWrite) => fields['done']

const check = updateStatement(
  'task_check',
  [
    fragment<TaskWrite>`checklist = (
      SELECT jsonb_agg(
        CASE item ->> 'id' WHEN ${id}::text THEN jsonb_set(item, '{done}', to_jsonb(${done}::boolean)) ELSE item END
        ORDER BY place)
      FROM jsonb_array_elements(checklist) WITH ORDINALITY AS listed (item, place))`,
  ],
  fragment`${liveRow} AND checklist @> jsonb_build_array(jsonb_build_object('id', ${id}::text))`,
)

/** Sets one item in the row itself: reading the list first would lose another item that is checked at the same time. */
function taskCheck(task: LiveTask, { item_id, done }: CheckInput, metadata: ChangeMetadata): Statement {
  return statement(check, { task, fields: { item_id, done }, metadata })
}
