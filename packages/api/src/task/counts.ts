import { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import { viewCondition } from './filter_sql.ts'
import { filters } from './inputs/filters.ts'
import { currentMoment, type Moment } from './moment.ts'

const MAX_TAGS = 200

const count = z.int()
export const countsInput = z.strictObject({ zone: filters.zone })
export const countsOutput = z.object({
  all: count.meta({
    description: 'Pending and completed ones. All other numbers but `completed` are of pending tasks',
  }),
  pending: count,
  completed: count,
  overdue: count,
  today: count,
  upcoming: count.meta({ description: 'Due on one of the 7 days after today' }),
  no_date: count,
  priority: z.object({ high: count, medium: count, low: count, none: count }),
  tags: z
    .array(z.object({ tag: z.string(), pending: count }))
    .meta({ description: `At most ${MAX_TAGS}, the most used first` }),
})
export type TaskCounts = z.infer<typeof countsOutput>

/** How many of the caller's tasks there are of each kind. The trash does not count. */
export async function taskCounts(ctx: UserContext, { zone }: z.infer<typeof countsInput>): Promise<TaskCounts> {
  const moment = await currentMoment(ctx, zone)
  const [row] = await ctx.services.sql<{ counts: TaskCounts }>(countsStatement(ctx.user_id, moment))
  return countsOutput.parse(row?.counts)
}

function countsStatement(user_id: string, moment: Moment) {
  const values: unknown[] = [user_id]
  const parameter = (value: unknown) => `$${values.push(value)}`
  const view = (name: 'overdue' | 'today' | 'upcoming') => pending(viewCondition(name, moment, parameter))
  const text = `
    SELECT json_build_object(
      'all', count(*),
      'pending', ${pending('true')},
      'completed', count(*) FILTER (WHERE completed),
      'overdue', ${view('overdue')},
      'today', ${view('today')},
      'upcoming', ${view('upcoming')},
      'no_date', ${pending('task.due_date IS NULL')},
      'priority', json_build_object(
        'high', ${pending("priority = 'high'")},
        'medium', ${pending("priority = 'medium'")},
        'low', ${pending("priority = 'low'")},
        'none', ${pending('priority IS NULL')}),
      'tags', (
        SELECT coalesce(json_agg(used), '[]') FROM (
          SELECT tag, count(*) AS pending FROM taskwire.task, unnest(task.tags) tag
          WHERE user_id = $1 AND deleted_at IS NULL AND NOT completed
          GROUP BY tag ORDER BY count(*) DESC, tag COLLATE "C" LIMIT ${MAX_TAGS}
        ) used)
    ) AS counts
    FROM taskwire.task WHERE user_id = $1 AND deleted_at IS NULL`
  return { text, values, mayUseStandby: true }
}

function pending(condition: string): string {
  return `count(*) FILTER (WHERE NOT completed AND ${condition})`
}
