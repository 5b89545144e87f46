import { isTaskwireError } from '@taskwire/client'
import { useCallback, useEffect, useState } from 'react'
import type { Task } from '../client.ts'
import { Button } from '../design/button.tsx'
import { relativeTime } from '../time.ts'
import { useWorkspace } from '../workspace.ts'
import { t } from '../texts/texts.ts'

type Trash = { readonly kind: 'loading' } | { readonly kind: 'failed'; readonly message: string } | Loaded
interface Loaded {
  readonly kind: 'loaded'
  readonly tasks: readonly (Task & { readonly deleted_at?: string | undefined })[]
  readonly next: string | null
}

/** The tasks that were deleted in the last 30 days. */
export default function TrashList() {
  const { client, replica, undoStack, notify } = useWorkspace()
  const [trash, setTrash] = useState<Trash>({ kind: 'loading' })

  const load = useCallback(async () => {
    try {
      const { items, next_cursor } = await client.task.list.query({ status: 'deleted', limit: 100, sort: 'updated_at' })
      setTrash({ kind: 'loaded', tasks: items, next: next_cursor })
    } catch (error) {
      setTrash({ kind: 'failed', message: isTaskwireError(error) ? error.message : t.shell.somethingWrong })
    }
  }, [client])

  useEffect(() => {
    void load()
    return replica.onChange(({ kind }) => {
      if (kind === 'deleted' || kind === 'restored') void load()
    })
  }, [load, replica])

  async function more({ tasks, next }: Loaded): Promise<void> {
    if (next === null) return
    const page = await client.task.list.query({ status: 'deleted', limit: 100, sort: 'updated_at', cursor: next })
    setTrash({ kind: 'loaded', tasks: [...tasks, ...page.items], next: page.next_cursor })
  }

  async function restore(task: Task): Promise<void> {
    const { items } = await client.task.history.query({ task_id: task.id, limit: 1 })
    const [deletion] = items
    if (deletion === undefined) return notify(t.list.notRestorable)
    undoStack.undoChange(deletion)
    setTrash((current) =>
      current.kind === 'loaded' ? { ...current, tasks: current.tasks.filter(({ id }) => id !== task.id) } : current,
    )
    notify(t.list.restored(task.title))
  }

  if (trash.kind === 'loading') return <p className="state-line">{t.shell.loadingNow}</p>
  if (trash.kind === 'failed') {
    return (
      <div className="state" role="alert">
        <p className="state-title">{t.list.trashNotLoaded}</p>
        <p>{trash.message}.</p>
        <Button onClick={() => void load()}>{t.shell.tryAgain}</Button>
      </div>
    )
  }
  if (trash.tasks.length === 0) {
    return (
      <div className="state">
        <p className="state-title">{t.list.trashEmpty}</p>
        <p>{t.list.trashNote}</p>
      </div>
    )
  }
  return (
    <section aria-label={t.list.trash} className="tasks">
      <p className="quiet trash-note">{t.list.trashNote}</p>
      <ul className="plain-list">
        {trash.tasks.map((task) => (
          <li key={task.id} className="row">
            <span className="row-title">
              <span className="row-name">{task.title}</span>
              {task.description && <span className="row-description">{task.description}</span>}
            </span>
            <time className="row-time" dateTime={task.deleted_at}>
              {relativeTime(task.deleted_at ?? task.updated_at)}
            </time>
            <Button
              aria-label={t.list.restoreTask(task.title)}
              onClick={() => void restore(task).catch(() => notify(t.list.notRestored))}
            >
              {t.list.restore}
            </Button>
          </li>
        ))}
      </ul>
      {trash.next !== null && <Button onClick={() => void more(trash)}>{t.shell.showMore}</Button>}
    </section>
  )
}
