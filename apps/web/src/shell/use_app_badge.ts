import { useEffect } from 'react'

/** Shows how many tasks are due on the icon of the installed app. Where the browser has no badges, nothing happens. */
export function useAppBadge(count: number): void {
  useEffect(() => {
    if (!('setAppBadge' in navigator)) return
    void (count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count)).catch(() => {})
  }, [count])
  useEffect(
    () => () => {
      if ('clearAppBadge' in navigator) void navigator.clearAppBadge().catch(() => {})
    },
    [],
  )
}
