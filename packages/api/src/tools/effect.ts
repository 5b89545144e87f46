import { numericIds } from './arguments.ts'

/** What a call does that a person may want to be asked about first. */
export interface ToolEffect {
  readonly does: 'remove' | 'complete' | 'reopen' | 'rename'
  /** Each once. */
  readonly task_ids: readonly number[]
}

/** The effect of a call on tasks that it names, if it is one of these. The arguments need not be valid. */
export function effectOf(tool: string, args: Readonly<Record<string, unknown>>): ToolEffect | undefined {
  const { task_id, task_ids, do: what, title } = numericIds(args)
  const name = tool === 'change_tasks' ? what : title === undefined ? tool : `${tool} title`
  const does = typeof name === 'string' && Object.hasOwn(effects, name) ? effects[name] : undefined
  if (does === undefined) return undefined
  const ids: unknown[] = tool === 'change_tasks' ? (Array.isArray(task_ids) ? task_ids : []) : [task_id]
  return { does, task_ids: [...new Set(ids.filter((id) => typeof id === 'number'))] }
}

const effects: Readonly<Record<string, ToolEffect['does']>> = {
  delete: 'remove',
  complete: 'complete',
  reopen: 'reopen',
  delete_task: 'remove',
  complete_task: 'complete',
  reopen_task: 'reopen',
  'update_task title': 'rename',
}
