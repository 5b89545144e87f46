import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Task } from '../client.ts'
import type { Snapshot } from '../replica/snapshot.ts'
import type { Route } from '../shell/route.ts'
import { useWorkspace } from '../workspace.ts'
import { ListState } from './list_state.tsx'
import { withRows } from './row_range.ts'
import { TaskEditor } from './task_editor.tsx'
import { TaskRow } from './task_row.tsx'
import { useDraft } from './use_draft.ts'
import { useLinkedTask } from './use_linked_task.ts'
import { useRowKeys } from './use_row_keys.ts'
import { inOrder, visibleTasks, type Sort } from './visible_tasks.ts'

export interface TaskListProps {
  readonly snapshot: Snapshot
  readonly route: Route
  readonly search: string
  readonly sort: Sort
  readonly onClearSearch: () => void
  readonly onResolve: () => void
  /** The task that the address names has been shown. */
  readonly onRevealed: () => void
}

/** The tasks of a view. Only those near the viewport are in the document, however many there are. */
export function TaskList({
  snapshot,
  route,
  search: typed,
  sort,
  onClearSearch,
  onResolve,
  onRevealed,
}: TaskListProps) {
  const { dispatch, replica, toasts, undo } = useWorkspace()
  const search = useDeferredValue(typed)
  const { view } = route
  const isReady = snapshot.phase === 'ready'
  const ordered = useMemo(() => inOrder(snapshot.tasks, sort), [snapshot.tasks, sort])
  const tasks = useMemo(() => visibleTasks(ordered, view, search), [ordered, view, search])
  const waiting = useMemo(() => waitingOf(snapshot), [snapshot])
  const { draft, setDraft, begin, save, discard } = useDraft(isReady)
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
  const keepFocus = useRef(rows.keepFocus)
  keepFocus.current = rows.keepFocus

  useLinkedTask({
    route,
    tasks,
    isComplete: isReady && search === '',
    onFound(index) {
      rows.focus(index, 'title')
      onRevealed()
    },
  })

  // The position of the list on the page changes when something above it grows.
  useLayoutEffect(() => setTop(Math.round((list.current?.getBoundingClientRect().top ?? 0) + scrollY)))

  const onToggle = useCallback(
    (task: Task) =>
      keepFocus.current('box', () => dispatch(task.id, { kind: task.completed ? 'reopen' : 'complete' }, task)),
    [dispatch],
  )
  const onDelete = useCallback(
    (task: Task) => {
      const write = keepFocus.current('delete', () => dispatch(task.id, { kind: 'delete' }, task))
      toasts.add({
        id: write.key,
        title: `“${task.title}” was moved to the trash`,
        actionProps: {
          children: 'Undo',
          onClick: () => void undo(write),
        },
      })
    },
    [dispatch, toasts, undo],
  )

  function closeEditor(): void {
    discard()
    rows.focus(editing, 'title')
  }

  const actions = { toggle: onToggle, edit: begin, delete: onDelete }
  const empty = tasks.length === 0
  return (
    <section aria-label="Tasks" className="tasks" data-stale={search !== typed || undefined}>
      {(empty || snapshot.phase !== 'ready') && (
        <ListState snapshot={snapshot} view={view} search={search} isEmpty={empty} onClearSearch={onClearSearch} />
      )}
      <p className="hidden" role="status">
        {search.trim() === '' ? '' : `${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'} found`}
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
                <TaskEditor
                  draft={draft}
                  onChange={setDraft}
                  onSave={(edited) => {
                    closeEditor()
                    save(edited)
                  }}
                  onCancel={closeEditor}
                />
              ) : (
                <TaskRow
                  task={task}
                  view={view}
                  search={search}
                  isCurrent={index === rows.current}
                  isWaiting={waiting.has(task.id)}
                  isInConflict={waiting.get(task.id) === 'conflict'}
                  onToggle={onToggle}
                  onEdit={begin}
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
  const states = new Map<number, 'waiting' | 'conflict'>()
  for (const { task_id, conflict } of waiting) {
    if (conflict !== undefined) states.set(task_id, 'conflict')
    else if (!states.has(task_id)) states.set(task_id, 'waiting')
  }
  return states
}
