import { useCallback, useEffect, useRef, useState, type FocusEvent } from 'react'

const LINGER_MS = 900
const nothing: ReadonlySet<number> = new Set()

/**
 * The tasks that were just completed here, by the keys of their rows. They stay where they are for a moment, ticked; one
 * that was completed by keyboard stays until the focus leaves its row, so that the row under the user's hands does not
 * change. Another `place`, such as a view, has none of them.
 */
export function useLingering(place: string, rowOf: (key: number) => Element | null) {
  const [lingering, setLingering] = useState(nothing)
  const timers = useRef(new Map<number, ReturnType<typeof setTimeout>>())
  const findRow = useRef(rowOf)
  findRow.current = rowOf

  const end = useCallback((key: number) => {
    timers.current.delete(key)
    setLingering((current) => new Set([...current].filter((other) => other !== key)))
  }, [])

  const endUnlessFocused = useCallback(
    (key: number) => {
      const isFocused = findRow.current(key)?.querySelector(':focus-visible') != null
      if (!isFocused) end(key)
    },
    [end],
  )

  const linger = useCallback(
    (key: number) => {
      clearTimeout(timers.current.get(key))
      timers.current.set(key, setTimeout(endUnlessFocused, LINGER_MS, key))
      setLingering((current) => new Set([...current, key]))
    },
    [endUnlessFocused],
  )

  /** To be called when the focus leaves something in the list. */
  const onBlur = useCallback(
    ({ target, relatedTarget }: FocusEvent) => {
      const row = target.closest('[data-key]')
      const key = Number(row?.getAttribute('data-key'))
      if (row === null || !timers.current.has(key) || row.contains(relatedTarget)) return
      clearTimeout(timers.current.get(key))
      timers.current.set(key, setTimeout(end, LINGER_MS, key))
    },
    [end],
  )

  useEffect(() => {
    const running = timers.current
    return () => {
      running.forEach(clearTimeout)
      running.clear()
      setLingering(nothing)
    }
  }, [place])
  return { lingering, linger, onBlur }
}
