import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  lazy,
  useCallback,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type MouseEvent,
} from 'react'
import type { Task } from '../client.ts'
import type { Snapshot } from '@taskwire/offline'
import { go, listOf, type Route } from '../shell/route.ts'
import { groupTasks } from '../views/group_tasks.ts'
import { sortOf } from '../views/sorts.ts'
import { useMoment } from '../views/use_moment.ts'
import { useWorkspace } from '../workspace.ts'
import { LazyPanel } from '../shell/lazy_panel.tsx'
import { caretAt } from './caret_at.ts'
import { GroupHeading } from './group_heading.tsx'
import { listItems, tasksOf } from './list_items.ts'
import { ListState } from './list_state.tsx'
import { withRows } from './row_range.ts'
import { TaskEditor } from './task_editor.tsx'
import { TaskPane } from './task_pane.tsx'
import { TaskRow } from './task_row.tsx'
import { useDraft } from './use_draft.ts'
import { useLingering } from './use_lingering.ts'
import { useLinkedTask } from './use_linked_task.ts'
import { useMove } from './use_move.ts'
import { useHeldWhilePressed } from './gestures/use_held_while_pressed.ts'
import { useRowGestures } from './gestures/use_row_gestures.ts'
import { useTaskActions } from './use_task_actions.ts'
import { useSettling } from './use_settling.ts'
import { useShowTask } from './use_show_task.ts'
import { useRowKeys } from './use_row_keys.ts'
import { useSelection } from './use_selection.ts'
import { t } from '../texts/texts.ts'

const BulkBar = lazy(() => import('./bulk_bar.tsx'))
const RowMenu = lazy(() => import('./row_menu.tsx'))

export interface TaskListProps {
  readonly snapshot: Snapshot
  /** The search in it is the one that is typed: the address follows it later. */
  readonly route: Route
  /** Where an open task stands; null for its place in the list. */
  readonly pane: HTMLElement | null
  readonly onClearFilters: () => void
  readonly onResolve: () => void
  /** The task that the address names has been shown. */
  readonly onRevealed: () => void
}

/** The tasks of a view. Only those near the viewport are in the document, however many there are. */
export function TaskList({ snapshot, route, pane, onClearFilters, onResolve, onRevealed }: TaskListProps) {
  const { messages, replica } = useWorkspace()
  const moment = useMoment()
  const search = useDeferredValue(route.search ?? '')
  const { view, tag, priority, sort } = route
  const isReady = snapshot.phase === 'ready'
  const list = useRef<HTMLUListElement>(null)
  const findRow = (key: number) => list.current?.querySelector(`[data-key="${key}"]`) ?? null
  const { lingering, linger, onBlur } = useLingering(`${view} ${tag}`, findRow)
  const latest = useMemo(() => {
    const query = listOf({ view, search, ...(tag && { tag }), ...(priority && { priority }), ...(sort && { sort }) })
    const isLingering = ({ id }: Task) => lingering.has(replica.rowKey(id))
    return groupTasks(snapshot.tasks, { query, moment, isLingering })
  }, [snapshot.tasks, view, tag, search, priority, sort, moment, lingering, replica])
  const { shown: groups, release } = useHeldWhilePressed(list, latest)
  const announceHidden = useShowTask(route, moment)
  const [isUnfolded, setIsUnfolded] = useState(false)
  // What a search finds must not stay hidden.
  const isOpen = isUnfolded || search.trim() !== ''
  const items = useMemo(() => listItems(groups, isOpen), [groups, isOpen])
  const tasks = useMemo(() => tasksOf(items), [items])
  const waiting = useMemo(() => waitingOf(snapshot), [snapshot])
  const { draft, setDraft, begin, save, discard } = useDraft(isReady)
  const [top, setTop] = useState(0)

  const keyOf = ({ id }: Task) => replica.rowKey(id)
  const edited = draft && keyOf(draft.base)
  const editing = edited === undefined ? -1 : tasks.findIndex((task) => keyOf(task) === edited)
  const itemOf = (row: number) => items.findIndex((item) => item.kind === 'task' && item.row === row)
  const pinned = useRef<readonly number[]>([])
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => 46,
    overscan: 8,
    scrollMargin: top,
    scrollPaddingStart: 208,
    scrollPaddingEnd: 96,
    getItemKey: (index) => {
      const item = items[index]
      return item?.kind === 'task' ? keyOf(item.task) : (item?.group.key ?? index)
    },
    rangeExtractor: (range) => withRows(range, pinned.current),
  })
  const rows = useRowKeys({ tasks, keyOf, list, scrollTo: (row) => virtual.scrollToIndex(itemOf(row)) })
  pinned.current = [itemOf(rows.current), itemOf(editing)]
  const keepFocus = useRef(rows.keepFocus)
  keepFocus.current = rows.keepFocus

  useLinkedTask({
    route,
    tasks,
    isComplete: isReady && search === (route.search ?? ''),
    onFound(row) {
      rows.focus(row, 'title')
      onRevealed()
    },
  })

  // An edit that this view does not show must not be forgotten.
  useEffect(() => {
    if (!isReady || draft === undefined || editing >= 0 || pane !== null || replica.task(draft.base.id) === undefined)
      return
    const run = () => go({ view: 'all', panel: 'task', id: draft.base.id })
    messages.offer(t.messages.unsaved(draft.base.title), { label: t.messages.show, run })
  }, [isReady, view, tag])

  useSettling(list, tasks)

  // The position of the list on the page changes when something above it grows.
  useLayoutEffect(() => setTop(Math.round((list.current?.getBoundingClientRect().top ?? 0) + scrollY)))

  const actions = useTaskActions()
  const onToggle = useCallback(
    (task: Task) => {
      if (!task.completed) linger(replica.rowKey(task.id))
      keepFocus.current('box', () => actions.toggle(task))
    },
    [actions, linger, replica],
  )
  const onDelete = useCallback((task: Task) => keepFocus.current('delete', () => actions.remove(task)), [actions])
  const selection = useSelection(tasks, keyOf)
  const { toggle: onSelect, extend } = selection
  const openTask = useRef<(task: Task, event: MouseEvent) => void>((task) => begin(task))
  openTask.current = (task, event) => {
    const current = tasks[rows.current] ?? task
    if (event.shiftKey) extend(current, task)
    else if (event.ctrlKey || event.metaKey) onSelect(task)
    // Where a finger selects there are no keys to hold.
    else if (selection.selected.length > 0 && matchMedia('(pointer: coarse)').matches) onSelect(task)
    else begin(task, caretAt(event.clientX, event.clientY))
  }
  const onOpen = useCallback((task: Task, event: MouseEvent) => openTask.current(task, event), [])
  const move = useMove({ items, isManual: sortOf(view, sort) === 'manual' })
  const [menu, setMenu] = useState<OpenMenu>()
  const onMenu = useCallback((task: Task, anchor: Element) => setMenu({ task, anchor, isPlan: false }), [])
  const taskOf = (key: number) => tasks.find((task) => keyOf(task) === key)
  useRowGestures({
    list,
    hints: { right: t.actions.complete, left: t.actions.plan },
    canDrag(key) {
      const task = taskOf(key)
      return task !== undefined && move.canMove(task)
    },
    onDrop(key, neighbours) {
      const task = taskOf(key)
      release()
      if (task !== undefined) move.drop(task, neighbours)
    },
    onSwipe(key, side) {
      const task = taskOf(key)
      const anchor = findRow(key)
      release()
      if (task === undefined || anchor === null) return
      if (side === 'right') {
        // A finger leaves no focus in the row.
        if (actions.toggle(task)) linger(key)
      } else setMenu({ task, anchor, isPlan: true })
    },
  })

  function closeEditor(): void {
    discard()
    rows.focus(editing, 'title')
  }

  function clearSelection(): void {
    selection.clear()
    rows.focus(rows.current, 'title')
  }

  const keyActions = {
    move: (task: Task, target: 'up' | 'down') => move.move(task, target),
    openMenu: (task: Task) => {
      const anchor = findRow(keyOf(task))?.querySelector('[data-control="more"]')
      if (anchor != null) setMenu({ task, anchor, isPlan: false })
    },
    toggle: onToggle,
    edit: begin,
    delete: onDelete,
    select: onSelect,
    extend,
    selectAll: selection.selectAll,
    clearSelection: selection.clear,
  }
  const editor = draft !== undefined && replica.task(draft.base.id) !== undefined && (
    <TaskEditor
      key={keyOf(draft.base)}
      draft={draft}
      onChange={setDraft}
      onSave={(changed) => {
        closeEditor()
        save(changed)
        announceHidden(changed.base.id, 'saved')
      }}
      onCancel={closeEditor}
      onSkip={(changed) => {
        closeEditor()
        save(changed)
        const task = replica.task(changed.base.id)
        if (task !== undefined) actions.skip(task)
      }}
    />
  )
  const isEmpty = !groups.some(({ isFolded }) => isFolded !== true)
  return (
    <section
      aria-label={t.list.tasks}
      className="tasks"
      data-stale={search !== (route.search ?? '') || undefined}
      data-selecting={selection.keys.size > 0 || undefined}
    >
      {(isEmpty || !isReady) && (
        <ListState snapshot={snapshot} route={route} isEmpty={tasks.length === 0} onClearFilters={onClearFilters} />
      )}
      <p className="hidden" role="status">
        {search.trim() === '' ? '' : t.list.found(tasks.length)}
      </p>
      <ul
        ref={list}
        className="list"
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={(event) => rows.onKeyDown(event, keyActions)}
        onFocus={rows.onFocus}
        onBlur={onBlur}
      >
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const item = items[index]
          if (item === undefined) return null
          const place = { ref: virtual.measureElement, 'data-index': index, className: 'item' }
          const style = { transform: `translateY(${start - top}px)` }
          if (item.kind === 'heading') {
            return (
              <li key={key} {...place} style={style}>
                <GroupHeading group={item.group} isUnfolded={isOpen} onFold={() => setIsUnfolded(!isOpen)} />
              </li>
            )
          }
          const { task, row, group } = item
          return (
            <li
              key={key}
              {...place}
              data-row={row}
              data-key={key}
              data-group={group.key}
              data-lingering={lingering.has(keyOf(task)) || undefined}
              aria-setsize={tasks.length}
              aria-posinset={row + 1}
              style={style}
            >
              {row === editing && pane === null ? (
                editor
              ) : (
                <TaskRow
                  task={task}
                  moment={moment}
                  search={search}
                  isUnderDay={group.isDay === true}
                  isCurrent={row === rows.current}
                  isWaiting={waiting.has(task.id)}
                  isInConflict={waiting.get(task.id) === 'conflict'}
                  onToggle={onToggle}
                  isOpen={row === editing}
                  isSelected={selection.keys.has(keyOf(task))}
                  onOpen={onOpen}
                  onSelect={onSelect}
                  onDelete={onDelete}
                  onCheck={actions.check}
                  onMenu={onMenu}
                  onResolve={onResolve}
                />
              )}
            </li>
          )
        })}
      </ul>
      <p className="hidden" role="status">
        {move.announcement}
      </p>
      {pane !== null && editor !== false && <TaskPane place={pane}>{editor}</TaskPane>}
      {menu && (
        <LazyPanel onFailed={() => setMenu(undefined)}>
          <RowMenu
            {...menu}
            moment={moment}
            canMove={move.canMove(menu.task)}
            actions={{ ...actions, toggle: (task) => (onToggle(task), true), remove: onDelete }}
            onEdit={begin}
            onSelect={onSelect}
            onMove={(task, target) => rows.keepTask(task, 'more', () => move.move(task, target))}
            onClose={() => setMenu(undefined)}
          />
        </LazyPanel>
      )}
      {selection.selected.length > 0 && (
        <LazyPanel onFailed={selection.clear}>
          <BulkBar selected={selection.selected} moment={moment} onClear={clearSelection} />
        </LazyPanel>
      )}
    </section>
  )
}

interface OpenMenu {
  readonly task: Task
  readonly anchor: Element
  /** Whether it only offers days. */
  readonly isPlan: boolean
}

function waitingOf({ waiting }: Snapshot): ReadonlyMap<number, 'waiting' | 'conflict'> {
  const states = new Map<number, 'waiting' | 'conflict'>()
  for (const { task_id, conflict } of waiting) {
    if (conflict !== undefined) states.set(task_id, 'conflict')
    else if (!states.has(task_id)) states.set(task_id, 'waiting')
  }
  return states
}
