import type { ToolCall } from './stream_answer.ts'
import { t } from '../texts/texts.ts'

function nameOf(tool: string): string {
  const names: Readonly<Record<string, string>> = t.chat.tools
  return names[tool] ?? tool
}

/** The tool calls of an answer while it is being written. */
export function ToolCalls({ calls }: { readonly calls: readonly ToolCall[] }) {
  if (calls.length === 0) return null
  return (
    <ul className="summary" aria-label={t.chat.activity}>
      {calls.map(({ tool, result }, index) => (
        <li key={index} className="summary-item" data-failed={'code' in result || undefined}>
          <span>{nameOf(tool)}</span> <Subject result={result} />
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
