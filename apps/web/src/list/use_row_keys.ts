import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from 'react'
import type { Task } from '../client.ts'
import { preferred, singleKeys } from '../shell/preference.ts'
import { currentRoute, go, listOf } from '../shell/route.ts'

type RowControl = 'box' | 'title' | 'checklist' | 'select' | 'history' | 'delete' | 'more'

const controls: readonly RowControl[] = ['box', 'select', 'history', 'delete', 'more', 'checklist']

interface RowKeysOptions {
  readonly tasks: readonly Task[]
  /** Identifies a row while tasks are added, removed and reordered. */
  readonly keyOf: (task: Task) => number
  readonly list: RefObject<HTMLUListElement | null>
  readonly scrollTo: (index: number) => void
}

interface RowActions {
  readonly toggle: (task: Task) => void
  readonly edit: (task: Task) => void
  readonly delete: (task: Task) => void
  readonly select: (task: Task) => void
  readonly extend: (from: Task, to: Task) => void
  readonly selectAll: () => void
  readonly clearSelection: () => void
  /** Moves a task by one place; returns whether it moved. */
  readonly move: (task: Task, target: 'up' | 'down') => boolean
  readonly openMenu: (task: Task) => void
}

/** Keyboard navigation of the list. One row at a time is in the tab order; the arrow keys move between rows. */
export function useRowKeys({ tasks, keyOf, list, scrollTo }: RowKeysOptions) {
  const [position, setPosition] = useState<{ index: number; key?: number }>({ index: 0 })
  const keyIndex = tasks.findIndex((task) => keyOf(task) === position.key)
  const current = keyIndex >= 0 ? keyIndex : Math.min(position.index, Math.max(tasks.length - 1, 0))
  const focusTarget = useRef<{ index: number; control: RowControl }>(undefined)
  const lastFocus = useRef<{ key: number; control: RowControl }>(undefined)

  // Runs after every render: the row to focus may not be in the document yet, or the focused one may be gone from it.
  useEffect(() => {
    const last = lastFocus.current
    if (last !== undefined && keyIndex < 0 && document.activeElement === document.body) {
      focusTarget.current ??= { index: current, control: last.control }
      lastFocus.current = undefined
    }
    if (focusTarget.current === undefined) return
    const index = Math.min(focusTarget.current.index, tasks.length - 1)
    const row = list.current?.querySelector(`[data-row="${index}"]`)
    const element = row?.querySelector<HTMLElement>(`[data-control="${focusTarget.current.control}"]`)
    if (element !== null && element !== undefined) {
      focusTarget.current = undefined
      element.focus({ preventScroll: true })
    } else if (tasks.length === 0) {
      focusTarget.current = undefined
      document.getElementById('new-task')?.focus()
    }
  })

  function moveTo(index: number): void {
    const task = tasks[index]
    setPosition({ index, ...(task && { key: keyOf(task) }) })
  }

  function focus(index: number, control: RowControl): void {
    if (index < 0) return
    focusTarget.current = { index, control }
    moveTo(index)
    scrollTo(Math.min(index, tasks.length - 1))
  }

  function onFocus(event: FocusEvent): void {
    const index = indexOf(event.target)
    const task = index === undefined ? undefined : tasks[index]
    if (task !== undefined) lastFocus.current = { key: keyOf(task), control: controlOf(event.target) }
    if (index !== undefined && focusTarget.current === undefined) moveTo(index)
  }

  function onKeyDown(event: KeyboardEvent, actions: RowActions): void {
    const task = tasks[current]
    if (task === undefined) return
    if (event.altKey) {
      const target = { ArrowUp: 'up' as const, ArrowDown: 'down' as const }[event.key]
      if (target === undefined) return
      event.preventDefault()
      return keepTask(task, controlOf(event.target), () => actions.move(task, target))
    }
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== 'a') return
      actions.selectAll()
      return event.preventDefault()
    }
    const control = controlOf(event.target)
    const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: tasks.length - 1 }[event.key]
    const letter = preferred(singleKeys) === 'on' ? event.key : ''
    const step = next ?? { j: current + 1, k: current - 1 }[letter]
    if (step !== undefined) {
      const index = Math.max(0, Math.min(step, tasks.length - 1))
      focus(index, control)
      if (event.shiftKey) actions.extend(task, tasks[index] ?? task)
    } else if (event.key === 'Escape') actions.clearSelection()
    else if (letter === 's') actions.select(task)
    else if (letter === 'x') keepFocus(control, () => actions.toggle(task))
    else if (event.key === 'Delete' || event.key === 'Backspace') keepFocus(control, () => actions.delete(task))
    else if (letter === 'e') actions.edit(task)
    else if (letter === 'm') actions.openMenu(task)
    else if (letter === 'h' && task.id > 0) go({ ...listOf(currentRoute()), panel: 'history', id: task.id })
    else return
    event.preventDefault()
  }

  /** Runs an action that may remove the current row, and then focuses the row at the same position. */
  function keepFocus<Result>(control: RowControl, action: () => Result): Result {
    focusTarget.current = { index: current, control }
    return action()
  }

  /** Runs an action that may move the task elsewhere in the list, and keeps the focus in its row. */
  function keepTask(task: Task, control: RowControl, action: () => unknown): void {
    const key = keyOf(task)
    action()
    // The list shows it by then. An element that moves within the document loses the focus.
    requestAnimationFrame(() => {
      const index = latest.current.tasks.findIndex((other) => latest.current.keyOf(other) === key)
      latest.current.focus(index, control)
    })
  }

  const latest = useRef({ tasks, keyOf, focus })
  latest.current = { tasks, keyOf, focus }

  return { current, focus, onFocus, onKeyDown, keepFocus, keepTask }
}

function indexOf(target: EventTarget): number | undefined {
  const item = target instanceof Element ? target.closest('[data-row]') : null
  return item === null ? undefined : Number(item.getAttribute('data-row'))
}

function controlOf(target: EventTarget): RowControl {
  const control = target instanceof HTMLElement ? target.dataset['control'] : undefined
  return controls.find((known) => known === control) ?? 'title'
}
