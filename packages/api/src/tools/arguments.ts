/** Arguments in which ids that were sent as text are numbers: models often quote what they have read in a text. */
export function numericIds(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { task_id, task_ids, seq } = args
  return {
    ...args,
    ...('task_id' in args ? { task_id: numeric(task_id) } : {}),
    ...('task_ids' in args ? { task_ids: Array.isArray(task_ids) ? task_ids.map(numeric) : task_ids } : {}),
    ...('seq' in args ? { seq: numeric(seq) } : {}),
  }
}

function numeric(id: unknown): unknown {
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : id
}
