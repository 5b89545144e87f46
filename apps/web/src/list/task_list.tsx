import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Task } from '../client.ts'
import type { Snapshot } from '../replica/replica.ts'
import { go, type Route } from '../shell/route.ts'
import { useWorkspace } from '../workspace.ts'
import { ListState } from './list_state.tsx'
import { withRows } from './row_range.ts'
import { TaskEditor, type Draft } from './task_editor.tsx'
import { TaskRow } from './task_row.tsx'
import { useRowKeys } from './row_keys.ts'
import { inOrder, visibleTasks, type Sort } from './visible.ts'

export interface TaskListProps {
  readonly snapshot: Snapshot
  readonly route: Route
  readonly search: string
  readonly sort: Sort
  readonly onClearSearch: () => void
  readonly onResolve: () => void
  /** The task that the address named has been shown. */
  readonly onRevealed: () => void
}

/** The tasks of a view. Only what is near the window is in the document, however many there are. */
export function TaskList({
  snapshot,
  route,
  search: typed,
  sort,
  onClearSearch,
  onResolve,
  onRevealed,
}: TaskListProps) {
  const { act, replica, toasts, takeBack, undo } = useWorkspace()
  const search = useDeferredValue(typed)
  const { view } = route
  const isReady = snapshot.phase === 'ready'
  const ordered = useMemo(() => inOrder(snapshot.tasks, sort), [snapshot.tasks, sort])
  const tasks = useMemo(() => visibleTasks(ordered, view, search), [ordered, view, search])
  const waiting = useMemo(() => waitingOf(snapshot), [snapshot])
  const [draft, setDraft] = useState<Draft>()
  const list = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)

  const keyOf = ({ id }: Task) => replica.rowKey(id)
  const edited = draft && keyOf(draft.base)
  const editing = edited === undefined ? -1 : tasks.findIndex((task) => keyOf(task) === edited)
  const pinned = useRef<readonly number[]>([])
  const virtual = useWindowVirtualizer({
    count: tasks.length,
    estimateSize: () => 46,
    overscan: 8,
    scrollMargin: top,
    scrollPaddingStart: 208,
    scrollPaddingEnd: 96,
    getItemKey: (index) => replica.rowKey(tasks[index]?.id ?? index),
    rangeExtractor: (range) => withRows(range, pinned.current),
  })
  const rows = useRowKeys({ tasks, keyOf, list, scrollTo: (index) => virtual.scrollToIndex(index) })
  pinned.current = [rows.current, editing]
  const keeping = useRef(rows.keeping)
  keeping.current = rows.keeping

  // Somebody else deleted what is being edited: the draft stays, in case the task comes back.
  const lost = isReady && draft !== undefined && replica.task(draft.base.id) === undefined ? draft.base : undefined
  useEffect(() => {
    if (lost === undefined) return
    const deletion = replica.changeOf(lost.id, null)
    toasts.add({
      title: `“${lost.title}” was deleted while you edited it`,
      priority: 'high',
      timeout: 0,
      actionProps: deletion && { children: 'Bring it back', onClick: () => undo.takeBack(deletion) },
    })
  }, [lost, replica, toasts, undo])

  // A link to a task leads to its row, or to its history where it is no longer in the list.
  const linked = route.panel === 'task' ? route.id : undefined
  useEffect(() => {
    if (linked === undefined || !isReady) return
    const index = tasks.findIndex(({ id }) => id === linked)
    if (index < 0 && search !== '') return
    if (index < 0) return go({ view, panel: 'history', id: linked }, 'replace')
    rows.focus(index, 'title')
    onRevealed()
  }, [linked, isReady, search])

  // Where the list begins on the page: it moves when something above it grows.
  useLayoutEffect(() => setTop(Math.round((list.current?.getBoundingClientRect().top ?? 0) + scrollY)))

  const onToggle = useCallback(
    (task: Task) => keeping.current('box', () => act(task.id, { kind: task.completed ? 'reopen' : 'complete' }, task)),
    [act],
  )
  const onEdit = useCallback((task: Task) => {
    setDraft({ title: task.title, description: task.description ?? '', base: task })
  }, [])
  const onDelete = useCallback(
    (task: Task) => {
      const write = keeping.current('delete', () => act(task.id, { kind: 'delete' }, task))
      toasts.add({
        id: write.key,
        title: `“${task.title}” is in the trash`,
        actionProps: {
          children: 'Undo',
          onClick: () => void takeBack(write),
        },
      })
    },
    [act, toasts, takeBack],
  )

  function save({ base, title, description }: Draft): void {
    leave()
    const intent = { kind: 'edit', title: title.trim(), description: description.trim() || null } as const
    if (intent.title !== base.title || intent.description !== base.description) act(base.id, intent, base)
  }

  function leave(): void {
    setDraft(undefined)
    rows.focus(editing, 'title')
  }

  const actions = { toggle: onToggle, edit: onEdit, delete: onDelete }
  const empty = tasks.length === 0
  return (
    <section aria-label="Tasks" className="tasks" data-stale={search !== typed || undefined}>
      {(empty || snapshot.phase !== 'ready') && (
        <ListState snapshot={snapshot} view={view} search={search} isEmpty={empty} onClearSearch={onClearSearch} />
      )}
      <p className="hidden" role="status">
        {search.trim() === '' ? '' : `${tasks.length} found`}
      </p>
      <ul
        ref={list}
        className="list"
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={(event) => rows.onKeyDown(event, actions)}
        onFocus={rows.onFocus}
      >
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const task = tasks[index]
          if (task === undefined) return null
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className="item"
              aria-setsize={tasks.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start - top}px)` }}
            >
              {index === editing && draft !== undefined ? (
                <TaskEditor draft={draft} onChange={setDraft} onSave={save} onLeave={leave} />
              ) : (
                <TaskRow
                  task={task}
                  view={view}
                  search={search}
                  isCurrent={index === rows.current}
                  isWaiting={waiting.has(task.id)}
                  isInConflict={waiting.get(task.id) === 'conflict'}
                  onToggle={onToggle}
                  onEdit={onEdit}
                  onDelete={onDelete}
                  onResolve={onResolve}
                />
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function waitingOf({ waiting }: Snapshot): ReadonlyMap<number, 'waiting' | 'conflict'> {
  const found = new Map<number, 'waiting' | 'conflict'>()
  for (const { task_id, conflict } of waiting) {
    if (conflict !== undefined) found.set(task_id, 'conflict')
    else if (!found.has(task_id)) found.set(task_id, 'waiting')
  }
  return found
}
