import { useSyncExternalStore } from 'react'

const wide = '(min-width: 1120px)'

/** Whether the window is wide enough to show the assistant beside the tasks. */
export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(wide).matches)
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(wide)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}
