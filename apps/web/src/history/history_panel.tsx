import { useEffect, useState } from 'react'
import type { Change } from '../client.ts'
import { Button } from '../design/button.tsx'
import { Docked } from '../design/docked.tsx'
import { Sheet } from '../design/sheet.tsx'
import { errorText } from '../error_text.ts'
import { RelativeTime } from '../views/relative_time.tsx'
import { useWorkspace } from '../workspace.ts'
import { differencesOf, kindOf, sourceOf } from './describe_change.ts'
import { t } from '../texts/texts.ts'

interface HistoryPanelProps {
  readonly task_id: number
  /** Whether it stands beside the tasks rather than over them. */
  readonly isDocked: boolean
  readonly onClose: () => void
}

/** The changes of a task: what changed, when, and where it came from. */
export default function HistoryPanel({ task_id, isDocked, onClose }: HistoryPanelProps) {
  const { client, replica, undoStack, notify } = useWorkspace()
  const [changes, setChanges] = useState<readonly Change[]>([])
  const [next, setNext] = useState<string | null>(null)
  const [phase, setPhase] = useState<'loading' | 'loaded' | { problem: string }>('loading')

  useEffect(() => {
    let isUnmounted = false
    client.task.history
      .query({ task_id, limit: 50 })
      .then(({ items, next_cursor }) => {
        if (isUnmounted) return
        setChanges((current) => mergeChanges(current, items))
        setNext(next_cursor)
        setPhase('loaded')
      })
      .catch((error: unknown) => {
        if (!isUnmounted) setPhase({ problem: errorText(error) })
      })
    const stop = replica.onChange((change) => {
      if (change.task_id === task_id) setChanges((current) => mergeChanges(current, [change]))
    })
    return () => {
      isUnmounted = true
      stop()
    }
  }, [client, replica, task_id])

  async function more(cursor: string): Promise<void> {
    try {
      const page = await client.task.history.query({ task_id, limit: 50, cursor })
      setChanges((current) => mergeChanges(current, page.items))
      setNext(page.next_cursor)
      setPhase('loaded')
    } catch (error) {
      setPhase({ problem: errorText(error) })
    }
  }

  const Frame = isDocked ? Docked : Sheet
  const [latest] = changes
  const title = latest?.after?.title ?? latest?.before?.title
  return (
    <Frame title={t.editor.history} side="right" onClose={onClose}>
      {title !== undefined && <p className="history-task">{title}</p>}
      {phase === 'loading' && changes.length === 0 && <p className="state-line">{t.shell.loadingNow}</p>}
      {typeof phase === 'object' && (
        <p className="problem" role="alert">
          {phase.problem}
        </p>
      )}
      <ol className="history">
        {changes.map((change) => (
          <li key={change.seq} className="change">
            <p className="change-head">
              <strong>{kindOf(change)}</strong>
              <RelativeTime time={change.created_at} />
            </p>
            <p className="change-source">
              {sourceOf(change)}
              {change.conversation_id !== null && (
                <>
                  {' '}
                  <a href={`#/all/chat/${change.conversation_id}`}>{t.editor.inConversation}</a>
                </>
              )}
            </p>
            <dl className="change-fields">
              {differencesOf(change).map(({ field, before, after }) => (
                <div key={field}>
                  <dt>{field}</dt>
                  <dd>
                    {before !== undefined && <del>{before}</del>} {after !== undefined && <ins>{after}</ins>}
                  </dd>
                </div>
              ))}
            </dl>
            {change === latest && (
              <Button
                onClick={() => {
                  undoStack.undoChange(change)
                  notify(t.editor.undone)
                }}
              >
                {t.editor.undoThis}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {next !== null && <Button onClick={() => void more(next)}>{t.editor.showEarlier}</Button>}
    </Frame>
  )
}

/** Newest first, each once. */
function mergeChanges(current: readonly Change[], more: readonly Change[]): Change[] {
  const bySeq = new Map([...current, ...more].map((change) => [change.seq, change]))
  return [...bySeq.values()].toSorted((a, b) => b.seq - a.seq)
}
