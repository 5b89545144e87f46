import { useLayoutEffect, useRef, type RefObject } from 'react'
import type { Task } from '../client.ts'

const SETTLING_MS = 220
/** With more changes at once, as in another view, nothing moves: it is another list. */
const MAX_CHANGES = 3

/** Lets the rows of a list close up when a few of its tasks went, came or moved. */
export function useSettling(list: RefObject<HTMLElement | null>, tasks: readonly Task[]): void {
  const before = useRef(tasks)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useLayoutEffect(() => {
    const changed = before.current === tasks ? 0 : countChanges(before.current, tasks)
    before.current = tasks
    if (changed === 0 || changed > MAX_CHANGES) return
    list.current?.setAttribute('data-settling', '')
    clearTimeout(timer.current)
    timer.current = setTimeout(() => list.current?.removeAttribute('data-settling'), SETTLING_MS)
  }, [list, tasks])
  useLayoutEffect(() => () => clearTimeout(timer.current), [])
}

/** How many tasks are only in one of the lists; 1 if they are the same in another order. */
function countChanges(before: readonly Task[], after: readonly Task[]): number {
  if (before.length === after.length && before.every(({ id }, index) => id === after[index]?.id)) return 0
  const ids = new Set(before.map(({ id }) => id))
  const kept = after.filter(({ id }) => ids.has(id)).length
  return Math.max(1, before.length - kept + (after.length - kept))
}
