import { useCallback, useEffect, useRef, useState } from 'react'

const LINGER_MS = 900

/**
 * The tasks that were just completed here. They stay where they are for a moment, ticked; one that was completed by
 * keyboard stays until the focus leaves its row, so that the row under the user's hands does not change.
 */
export function useLingering(rowOf: (id: number) => Element | null) {
  const [lingering, setLingering] = useState<ReadonlySet<number>>(new Set())
  const timers = useRef(new Map<number, ReturnType<typeof setTimeout>>())
  const findRow = useRef(rowOf)
  findRow.current = rowOf

  const end = useCallback((id: number) => {
    timers.current.delete(id)
    if (findRow.current(id)?.querySelector(':focus-visible') != null) {
      timers.current.set(id, setTimeout(end, LINGER_MS, id))
      return
    }
    setLingering((current) => new Set([...current].filter((other) => other !== id)))
  }, [])

  const start = useCallback(
    (id: number) => {
      clearTimeout(timers.current.get(id))
      timers.current.set(id, setTimeout(end, LINGER_MS, id))
      setLingering((current) => new Set([...current, id]))
    },
    [end],
  )

  useEffect(() => () => timers.current.forEach(clearTimeout), [])
  return { lingering, linger: start }
}
