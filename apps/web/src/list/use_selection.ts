import { useCallback, useMemo, useRef, useState } from 'react'
import type { Task } from '../client.ts'

const nothing: ReadonlySet<number> = new Set()

/** The tasks that are selected to be changed together. Only those that the list shows count. */
export function useSelection(tasks: readonly Task[], keyOf: (task: Task) => number) {
  const [keys, setKeys] = useState(nothing)
  // Where a range begins: the task that was selected last by itself.
  const anchor = useRef<number>(undefined)
  const latest = useRef({ tasks, keyOf })
  latest.current = { tasks, keyOf }

  const toggle = useCallback((task: Task) => {
    const key = latest.current.keyOf(task)
    anchor.current = key
    setKeys((current) => new Set(current.has(key) ? [...current].filter((other) => other !== key) : [...current, key]))
  }, [])

  /** Selects the tasks from the anchor, else from `from`, to `to`. */
  const extend = useCallback((from: Task, to: Task) => {
    const shown = latest.current.tasks.map(latest.current.keyOf)
    const start = anchor.current === undefined ? -1 : shown.indexOf(anchor.current)
    const first = start >= 0 ? start : shown.indexOf(latest.current.keyOf(from))
    anchor.current = shown[first]
    const last = shown.indexOf(latest.current.keyOf(to))
    setKeys(new Set(shown.slice(Math.min(first, last), Math.max(first, last) + 1)))
  }, [])

  const selectAll = useCallback(() => setKeys(new Set(latest.current.tasks.map(latest.current.keyOf))), [])

  const clear = useCallback(() => {
    anchor.current = undefined
    setKeys(nothing)
  }, [])

  const selected = useMemo(
    () => (keys.size === 0 ? [] : tasks.filter((task) => keys.has(latest.current.keyOf(task)))),
    [keys, tasks],
  )
  return { keys, selected, toggle, extend, selectAll, clear }
}
