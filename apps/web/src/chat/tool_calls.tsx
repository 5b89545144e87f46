import type { ToolCall } from './stream_answer.ts'

const names: Readonly<Record<string, string>> = {
  add_task: 'Add',
  quick_add: 'Add',
  list_tasks: 'List tasks',
  get_task: 'Open',
  change_tasks: 'Change',
  complete_task: 'Complete',
  reopen_task: 'Reopen',
  update_task: 'Update',
  delete_task: 'Delete',
  undo: 'Undo',
}

/** The tool calls of an answer while it is being written. */
export function ToolCalls({ calls }: { readonly calls: readonly ToolCall[] }) {
  if (calls.length === 0) return null
  return (
    <ul className="summary" aria-label="Assistant activity">
      {calls.map(({ tool, result }, index) => (
        <li key={index} className="summary-item" data-failed={'code' in result || undefined}>
          <span>{names[tool] ?? tool}</span> <Subject result={result} />
        </li>
      ))}
    </ul>
  )
}

function Subject({ result }: { readonly result: ToolCall['result'] }) {
  const { task_id, title, detail } = result
  if (typeof task_id === 'number' && typeof title === 'string') return <a href={`#/all/task/${task_id}`}>{title}</a>
  if (typeof detail === 'string') return <span>{detail}</span>
  return null
}
