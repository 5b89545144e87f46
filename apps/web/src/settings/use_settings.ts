import { useSyncExternalStore } from 'react'
import { useWorkspace } from '../workspace.ts'
import type { Settings } from './settings.ts'

export function useSettings(): Settings {
  const { settings } = useWorkspace()
  return useSyncExternalStore(settings.subscribe, settings.current)
}
