import type { Change } from '../client.ts'
import { happened } from '../history/describe_change.ts'
import { useWorkspace } from '../workspace.ts'

interface ChangeSummaryProps {
  /** What the assistant changed for one answer. */
  readonly changes: readonly Change[]
  /** All changes known here: undoings among them. */
  readonly all: readonly Change[]
}

/** What an answer changed, with links to the tasks, and a way back. */
export function ChangeSummary({ changes, all }: ChangeSummaryProps) {
  const { undoStack, notify } = useWorkspace()
  if (changes.length === 0) return null
  const undone = new Set(all.map(({ undoes }) => undoes))
  const left = changes.filter(({ seq }) => !undone.has(seq))

  function takeAllBack(): void {
    for (const change of left.toReversed()) undoStack.revert(change)
    notify('What the assistant did is undone')
  }

  return (
    <>
      <ul className="deeds" aria-label="What the assistant did">
        {changes.map((change) => (
          <li key={change.seq} className="deed" data-undone={undone.has(change.seq) || undefined}>
            <span>{happened(change)}</span>{' '}
            <a href={`#/all/task/${change.task_id}`}>{change.after?.title ?? change.before?.title}</a>
            {undone.has(change.seq) && <span className="quiet"> undone</span>}
          </li>
        ))}
      </ul>
      {left.length > 0 && (
        <button type="button" className="link" onClick={takeAllBack}>
          Undo what the assistant did
        </button>
      )}
    </>
  )
}
