import { useEffect } from 'react'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'

const HOUR_MS = 3_600_000

/** Looks for a newer version of the app now and then, and offers to load it. Drafts survive that. */
export function useUpdate(): void {
  const { messages } = useWorkspace()
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return undefined
    const { serviceWorker } = navigator
    // The first service worker of this browser is no update.
    let isUpdate = serviceWorker.controller !== null
    const offer = () => {
      if (isUpdate) messages.offer(t.messages.newVersion, { label: t.messages.reload, run: () => location.reload() })
      isUpdate = true
    }
    const look = () =>
      void serviceWorker
        .getRegistration()
        .then((found) => found?.update())
        .catch(() => {})
    const timer = setInterval(look, HOUR_MS)
    serviceWorker.addEventListener('controllerchange', offer)
    return () => {
      clearInterval(timer)
      serviceWorker.removeEventListener('controllerchange', offer)
    }
  }, [messages])
}
