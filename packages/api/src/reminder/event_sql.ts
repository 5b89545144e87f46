/** An instant of PostgreSQL as answers show it. */
export function rfc3339(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

/** The fields of a `ReminderEvent` by their names, as SQL over a row of `task` and one of `reminder`. */
const eventFields = {
  task_id: 'reminder.task_id',
  user_id: 'reminder.user_id',
  title: 'task.title',
  due_date: `to_char(task.due_date, 'YYYY-MM-DD')`,
  due_time: 'task.due_time',
  due_zone: 'task.due_zone',
  due_at: rfc3339('task.due_at'),
  remind_at: rfc3339('reminder.remind_at'),
  late: 'reminder.late',
}

/** They as a JSON object, with another expression for `late`. */
export function eventObject(late = eventFields.late): string {
  const fields = Object.entries({ ...eventFields, late }).map(([name, value]) => `'${name}', ${value}`)
  return `jsonb_build_object(${fields.join(', ')})`
}
