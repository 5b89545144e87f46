import type { ToolCall } from './stream_answer.ts'

const names: Readonly<Record<string, string>> = {
  add_task: 'Add',
  list_tasks: 'Look at the tasks',
  complete_task: 'Complete',
  reopen_task: 'Reopen',
  update_task: 'Change',
  delete_task: 'Delete',
  undo: 'Undo',
}

/** What the assistant does, as it does it. */
export function ToolCalls({ calls }: { readonly calls: readonly ToolCall[] }) {
  if (calls.length === 0) return null
  return (
    <ul className="deeds" aria-label="What the assistant does">
      {calls.map(({ tool, result }, index) => (
        <li key={index} className="deed" data-failed={'code' in result || undefined}>
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
