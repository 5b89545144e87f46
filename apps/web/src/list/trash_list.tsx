import { useCallback, useEffect, useState } from 'react'
import type { Task } from '../client.ts'
import { Button } from '../design/button.tsx'
import { errorText } from '../error_text.ts'
import { RelativeTime } from '../views/relative_time.tsx'
import type { PendingWrite } from '@taskwire/offline'
import { useSnapshot, useWorkspace } from '../workspace.ts'
import { isUnsentDeletion, unsentDeletionOf } from './deletion.ts'
import { EmptyTrash } from './empty_trash.tsx'
import { EmptyMark } from './list_state.tsx'
import { storedTrash, storeTrash, type TrashedTask } from './stored_trash.ts'
import { t } from '../texts/texts.ts'

type Trash = { readonly kind: 'loading' } | { readonly kind: 'failed'; readonly message: string } | Loaded
interface Loaded {
  readonly kind: 'loaded'
  readonly tasks: readonly TrashedTask[]
  readonly next: string | null
  /** Whether they are those of the last connection. */
  readonly isStored?: boolean
}

/** The tasks that were deleted in the last 30 days. */
export default function TrashList() {
  const { client, replica, undo, undoStack, notify, user } = useWorkspace()
  const { waiting } = useSnapshot()
  const [trash, setTrash] = useState<Trash>(() => {
    const tasks = storedTrash(user.id)
    return tasks === undefined ? { kind: 'loading' } : { kind: 'loaded', tasks, next: null, isStored: true }
  })

  const load = useCallback(async () => {
    try {
      const { items, next_cursor } = await client.task.list.query({ status: 'deleted', limit: 100, sort: 'updated_at' })
      setTrash({ kind: 'loaded', tasks: items, next: next_cursor })
      storeTrash(user.id, items)
    } catch (error) {
      const message = errorText(error)
      setTrash((current) => (current.kind === 'loaded' ? current : { kind: 'failed', message }))
    }
  }, [client, user.id])

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
    const unsent = unsentDeletionOf(replica, task.id)
    // One that is being sent now is undone once that is over.
    if (unsent !== undefined) return undo([unsent])
    const deletion = replica.findChange(task.id, task.version) ?? (await latestDeletion(task.id))
    if (deletion === undefined) return notify(t.list.notRestorable)
    undoStack.undoChange(deletion)
    setTrash((current) =>
      current.kind === 'loaded' ? { ...current, tasks: current.tasks.filter(({ id }) => id !== task.id) } : current,
    )
    notify(t.list.restored(task.title))
  }

  async function latestDeletion(task_id: number) {
    const { items } = await client.task.history.query({ task_id, limit: 1 })
    // It may have been restored elsewhere.
    return items.find(({ kind }) => kind === 'deleted')
  }

  if (trash.kind === 'loading') return <p className="state-line">{t.shell.loadingNow}</p>
  if (trash.kind === 'failed') {
    return (
      <div className="state" role="alert">
        <p className="state-title">{t.list.trashNotLoaded}</p>
        <p>{trash.message}</p>
        <Button onClick={() => void load()}>{t.shell.tryAgain}</Button>
      </div>
    )
  }
  const tasks = withUnsent(trash.tasks, waiting)
  if (tasks.length === 0) {
    return (
      <div className="state">
        <EmptyMark isDone={false} />
        <p className="state-title">{t.list.trashEmpty}</p>
        <p>{t.list.trashNote}</p>
      </div>
    )
  }
  return (
    <section aria-label={t.list.trash} className="tasks">
      <div className="trash-note">
        <p className="quiet">
          {t.list.trashNote} {trash.isStored === true && t.list.trashStored}
        </p>
        {trash.tasks.length > 0 && <EmptyTrash tasks={trash.tasks} hasMore={trash.next !== null} onEmptied={load} />}
      </div>
      <ul className="plain-list">
        {tasks.map((task) => (
          <li key={task.id} className="row trash-row">
            <span className="row-title">
              <span className="row-name" dir="auto">
                {task.title}
              </span>
              {task.description && (
                <span className="row-description" dir="auto">
                  {task.description}
                </span>
              )}
            </span>
            <span className="row-time">
              <RelativeTime time={task.deleted_at ?? task.updated_at} />
            </span>
            <Button
              aria-label={t.list.restoreTask(task.title)}
              onClick={() => void restore(task).catch(() => notify(t.list.notRestored))}
            >
              {t.list.restore}
            </Button>
          </li>
        ))}
      </ul>
      {trash.next !== null && (
        <Button onClick={() => void more(trash).catch((error: unknown) => notify(errorText(error)))}>
          {t.shell.showMore}
        </Button>
      )}
    </section>
  )
}

/** The deleted tasks, those first whose deletion has not been sent yet; without those that are being restored. */
function withUnsent(tasks: readonly TrashedTask[], waiting: readonly PendingWrite[]): readonly TrashedTask[] {
  const deleted = waiting.filter(isUnsentDeletion).flatMap(({ base }) => base ?? [])
  const known = new Set(deleted.map(({ id }) => id))
  for (const { intent, task_id, withdrawn } of waiting) {
    if (intent.kind === 'undo' || withdrawn === true) known.add(task_id)
  }
  return [...deleted.toReversed(), ...tasks.filter(({ id }) => !known.has(id))]
}
