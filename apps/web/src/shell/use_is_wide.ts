import { useCallback, useSyncExternalStore } from 'react'

/** Whether the window is wide enough to show the assistant beside the tasks. */
export function useIsWide(): boolean {
  return useMatches('(min-width: 1120px)')
}

/** Whether the views stand below the list, as layout.css says. */
export function useIsNarrow(): boolean {
  return useMatches('(max-width: 52rem)')
}

function useMatches(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}
