import type { Change } from '../client.ts'
import { kindOf } from '../history/describe_change.ts'
import { useWorkspace } from '../workspace.ts'
import { t } from '../texts/texts.ts'

interface ChangeSummaryProps {
  /** The changes of one answer. */
  readonly changes: readonly Change[]
  /** All known changes of the conversation, including those that undo others. */
  readonly all: readonly Change[]
}

/** Lists what an answer changed, with links to the tasks, and undoes it. */
export function ChangeSummary({ changes, all }: ChangeSummaryProps) {
  const { undoStack, notify } = useWorkspace()
  if (changes.length === 0) return null
  const undone = new Set(all.map(({ undoes }) => undoes))
  const remaining = changes.filter(({ seq }) => !undone.has(seq))

  function undoAll(): void {
    for (const change of remaining.toReversed()) undoStack.undoChange(change)
    notify(t.chat.changesUndone)
  }

  return (
    <>
      <ul className="summary" aria-label={t.chat.changes}>
        {changes.map((change) => (
          <li key={change.seq} className="summary-item" data-undone={undone.has(change.seq) || undefined}>
            <span>{kindOf(change)}</span>{' '}
            <a href={`#/all/task/${change.task_id}`}>{change.after?.title ?? change.before?.title}</a>
            {undone.has(change.seq) && <span className="quiet"> {t.chat.undone}</span>}
          </li>
        ))}
      </ul>
      {remaining.length > 0 && (
        <button type="button" className="link" onClick={undoAll}>
          {t.chat.undoChanges}
        </button>
      )}
    </>
  )
}
