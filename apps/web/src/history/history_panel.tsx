import { isTaskwireError } from '@taskwire/client'
import { useEffect, useState } from 'react'
import type { Change } from '../client.ts'
import { Button } from '../design/button.tsx'
import { Sheet } from '../design/sheet.tsx'
import { ago, exactly } from '../time.ts'
import { useWorkspace } from '../workspace.ts'
import { differences, door, happened } from './describe_change.ts'

interface HistoryPanelProps {
  readonly task_id: number
  readonly onClose: () => void
}

/** What happened to a task: what, when, and through which door. */
export default function HistoryPanel({ task_id, onClose }: HistoryPanelProps) {
  const { client, replica, undoStack, notify } = useWorkspace()
  const [changes, setChanges] = useState<readonly Change[]>([])
  const [next, setNext] = useState<string | null>(null)
  const [phase, setPhase] = useState<'loading' | 'loaded' | { problem: string }>('loading')

  useEffect(() => {
    let isLeft = false
    client.task.history
      .query({ task_id, limit: 50 })
      .then(({ items, next_cursor }) => {
        if (isLeft) return
        setChanges((shown) => merged(shown, items))
        setNext(next_cursor)
        setPhase('loaded')
      })
      .catch((error: unknown) => {
        if (!isLeft)
          setPhase({ problem: isTaskwireError(error) ? `${error.message}.` : 'Something unforeseen happened.' })
      })
    const stop = replica.onChange((change) => {
      if (change.task_id === task_id) setChanges((shown) => merged(shown, [change]))
    })
    return () => {
      isLeft = true
      stop()
    }
  }, [client, replica, task_id])

  async function more(cursor: string): Promise<void> {
    const page = await client.task.history.query({ task_id, limit: 50, cursor })
    setChanges((shown) => merged(shown, page.items))
    setNext(page.next_cursor)
  }

  const [latest] = changes
  const title = latest?.after?.title ?? latest?.before?.title
  return (
    <Sheet title="History" place="right" onClose={onClose}>
      {title !== undefined && <p className="history-task">{title}</p>}
      {phase === 'loading' && changes.length === 0 && <p className="state-line">Loading…</p>}
      {typeof phase === 'object' && (
        <p className="problem" role="alert">
          {phase.problem}
        </p>
      )}
      <ol className="history">
        {changes.map((change) => (
          <li key={change.seq} className="change">
            <p className="change-head">
              <strong>{happened(change)}</strong>
              <time dateTime={change.created_at} title={exactly(change.created_at)}>
                {ago(change.created_at)}
              </time>
            </p>
            <p className="change-door">
              {door(change)}
              {change.conversation_id !== null && (
                <>
                  {' '}
                  <a href={`#/all/chat/${change.conversation_id}`}>in this conversation</a>
                </>
              )}
            </p>
            <dl className="change-fields">
              {differences(change).map(({ field, before, after }) => (
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
                  undoStack.revert(change)
                  notify('Taken back')
                }}
              >
                Undo this
              </Button>
            )}
          </li>
        ))}
      </ol>
      {next !== null && <Button onClick={() => void more(next)}>Show earlier</Button>}
    </Sheet>
  )
}

/** Newest first, each once. */
function merged(shown: readonly Change[], more: readonly Change[]): Change[] {
  const bySeq = new Map([...shown, ...more].map((change) => [change.seq, change]))
  return [...bySeq.values()].toSorted((a, b) => b.seq - a.seq)
}
