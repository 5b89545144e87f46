import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from 'react'
import type { Task } from '../client.ts'
import { preferred, singleKeys } from '../shell/preference.ts'
import { go, routeOf } from '../shell/route.ts'

type Part = 'box' | 'title' | 'history' | 'delete'

interface RowKeysOptions {
  readonly tasks: readonly Task[]
  /** What stays the same of a row while tasks come, go and move. */
  readonly keyOf: (task: Task) => number
  readonly list: RefObject<HTMLUListElement | null>
  readonly scrollTo: (index: number) => void
}

interface RowActions {
  readonly toggle: (task: Task) => void
  readonly edit: (task: Task) => void
  readonly delete: (task: Task) => void
}

/** One row at a time takes the focus: Tab leads into it and out of the list, the arrows from row to row. */
export function useRowKeys({ tasks, keyOf, list, scrollTo }: RowKeysOptions) {
  const [place, setPlace] = useState<{ index: number; key?: number }>({ index: 0 })
  const found = tasks.findIndex((task) => keyOf(task) === place.key)
  const current = found >= 0 ? found : Math.min(place.index, Math.max(tasks.length - 1, 0))
  const wanted = useRef<{ index: number; part: Part }>(undefined)

  // The row may not be in the document yet, or the one that had the focus is gone from it.
  useEffect(() => {
    if (wanted.current === undefined) return
    const { part } = wanted.current
    const row = list.current?.querySelector(`[data-index="${Math.min(wanted.current.index, tasks.length - 1)}"]`)
    const control = row?.querySelector<HTMLElement>(`[data-part="${part}"]`)
    if (control === null || control === undefined) {
      if (tasks.length === 0) {
        wanted.current = undefined
        document.getElementById('new-task')?.focus()
      }
      return
    }
    wanted.current = undefined
    control.focus({ preventScroll: true })
  })

  function stand(index: number): void {
    const task = tasks[index]
    setPlace({ index, ...(task && { key: keyOf(task) }) })
  }

  function focus(row: number, part: Part): void {
    if (row < 0) return
    wanted.current = { index: row, part }
    stand(row)
    scrollTo(Math.min(row, tasks.length - 1))
  }

  function onFocus(event: FocusEvent): void {
    const row = rowOf(event.target)
    if (row !== undefined && wanted.current === undefined) stand(row)
  }

  function onKeyDown(event: KeyboardEvent, actions: RowActions): void {
    const task = tasks[current]
    if (task === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const part = partOf(event.target)
    const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: tasks.length - 1 }[event.key]
    const letter = preferred(singleKeys) === 'on' ? event.key : ''
    const step = next ?? { j: current + 1, k: current - 1 }[letter]
    if (step !== undefined) focus(Math.max(0, Math.min(step, tasks.length - 1)), part)
    else if (letter === 'x') keeping(part, () => actions.toggle(task))
    else if (event.key === 'Delete' || event.key === 'Backspace') keeping(part, () => actions.delete(task))
    else if (letter === 'e') actions.edit(task)
    else if (letter === 'h' && task.id > 0) go({ view: routeOf(location.hash).view, panel: 'history', id: task.id })
    else return
    event.preventDefault()
  }

  /** Does what may take the row away, and keeps the place. */
  function keeping<Result>(part: Part, action: () => Result): Result {
    wanted.current = { index: current, part }
    return action()
  }

  return { current, focus, onFocus, onKeyDown, keeping }
}

function rowOf(target: EventTarget): number | undefined {
  const item = target instanceof Element ? target.closest('[data-index]') : null
  return item === null ? undefined : Number(item.getAttribute('data-index'))
}

function partOf(target: EventTarget): Part {
  const part = target instanceof HTMLElement ? target.dataset['part'] : undefined
  return part === 'box' || part === 'history' || part === 'delete' ? part : 'title'
}
