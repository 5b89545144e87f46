import { useCallback, useEffect, useRef, useState } from 'react'
import { currentRoute, go, type Route } from './route.ts'

const DELAY_MS = 300

/**
 * The search that is typed. The address follows it once the user pauses, because browsers limit how often it changes;
 * where the address changes otherwise, by a link or Back, the search follows it.
 */
export function useSearch(route: Route): { search: string; setSearch: (search: string) => void } {
  const addressed = route.search ?? ''
  const [search, setTyped] = useState(addressed)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const written = useRef(addressed)

  useEffect(() => {
    if (addressed === written.current) return
    clearTimeout(timer.current)
    written.current = addressed
    setTyped(addressed)
  }, [addressed])

  // Another view is another list: its own address says what is searched.
  useEffect(() => () => clearTimeout(timer.current), [])

  const setSearch = useCallback((next: string) => {
    setTyped(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      written.current = next.trim() === '' ? '' : next
      const { search: _search, ...rest } = currentRoute()
      go({ ...rest, ...(written.current !== '' && { search: written.current }) }, 'replace')
    }, DELAY_MS)
  }, [])

  return { search, setSearch }
}
