import type { Statement } from '@taskwire/db'
import { columnType } from '../task/columns.ts'
import { taskColumns } from '../task/sql.ts'

/** A part of an export, in rows that are read by their number. */
export interface Section {
  readonly name: 'trash' | 'tasks' | 'changes' | 'conversations'
  readonly rowsAfter: (user_id: string, after: number, limit: number) => Statement
}

const time = (column: string) => columnType('timestamptz').select?.(column) ?? column

function tasks(condition: string, more = ''): Section['rowsAfter'] {
  return (user_id, after, limit) => ({
    text: `SELECT id AS number, row_to_json(listed) AS row FROM (
        SELECT ${taskColumns}${more} FROM taskwire.task WHERE user_id = $1 AND id > $2 AND ${condition} ORDER BY id LIMIT $3
      ) listed ORDER BY id`,
    values: [user_id, after, limit],
    mayUseStandby: true,
  })
}

export const trash: Section = {
  name: 'trash',
  rowsAfter: tasks('deleted_at IS NOT NULL', `, ${time('deleted_at')} AS deleted_at`),
}

export const liveTasks: Section = { name: 'tasks', rowsAfter: tasks('deleted_at IS NULL') }

export const datedTasks: Section = {
  name: 'tasks',
  rowsAfter: tasks('deleted_at IS NULL AND due_date IS NOT NULL'),
}

/** Rows as `loggedChange` parses them. */
export const changes: Section = {
  name: 'changes',
  rowsAfter: (user_id, after, limit) => ({
    text: `SELECT seq AS number, row_to_json(listed) AS row FROM (
        SELECT seq, task_id, kind, before, after, shape, via, actor, conversation_id, undoes, part_of, batch, created_at
        FROM taskwire.change WHERE user_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
      ) listed ORDER BY seq`,
    values: [user_id, after, limit],
    mayUseStandby: true,
  }),
}

/** Each with its messages. */
export const conversations: Section = {
  name: 'conversations',
  rowsAfter: (user_id, after, limit) => ({
    text: `SELECT id AS number, row_to_json(listed) AS row FROM (
        SELECT id, title, ${time('created_at')} AS created_at, ${time('updated_at')} AS updated_at, (
          SELECT coalesce(json_agg(said ORDER BY id), '[]') FROM (
            SELECT id, role, content, tool_calls, status, model, answers, ${time('created_at')} AS created_at
            FROM taskwire.message AS message
            WHERE message.user_id = $1 AND message.conversation_id = conversation.id
          ) said) AS messages
        FROM taskwire.conversation AS conversation WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3
      ) listed ORDER BY id`,
    values: [user_id, after, limit],
    mayUseStandby: true,
  }),
}
