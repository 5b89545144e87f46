import { useEffect, useRef } from 'react'
import { useWorkspace } from '../workspace.ts'
import { preferred, singleKeys } from './preference.ts'
import { closePanel, currentRoute, go, listOf, type View } from './route.ts'

const views: Readonly<Record<string, View>> = {
  '1': 'today',
  '2': 'upcoming',
  '3': 'all',
  '4': 'completed',
  '5': 'trash',
}

/** The keyboard shortcuts that work anywhere, unless the user is typing. */
export function useShortcuts(onCommands: () => void): void {
  const workspace = useWorkspace()
  const commands = useRef(onCommands)
  commands.current = onCommands
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return
      const isHandled = event.ctrlKey || event.metaKey ? controlKey(event) : singleKey(event)
      if (isHandled) event.preventDefault()
    }

    function controlKey(event: KeyboardEvent): boolean {
      const key = event.key.toLowerCase()
      // A panel that is open is closed first.
      if (key === 'k' && !event.shiftKey && document.querySelector('.sheet') === null) {
        commands.current()
        return true
      }
      if (isTyping(event.target) || (key !== 'z' && key !== 'y')) return false
      void (key === 'y' || event.shiftKey ? workspace.redo() : workspace.undo())
      return true
    }

    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [workspace])
}

function singleKey({ key, target }: KeyboardEvent): boolean {
  // A modal panel handles its own keys.
  if (isField(target) || document.querySelector('.sheet') !== null) return false
  const route = currentRoute()
  if (key === 'Escape' && route.panel === 'chat') {
    closePanel()
    return true
  }
  if (preferred(singleKeys) === 'off') return false
  if (key === 'n' || key === '/') {
    const field = document.getElementById(key === 'n' ? 'new-task' : 'search')
    field?.focus()
    return field !== null
  }
  const chosen = views[key]
  if (chosen !== undefined) go({ view: chosen })
  else if (key === '?') go({ ...listOf(route), panel: 'help' })
  else if (key === 'c') go({ ...listOf(route), panel: 'chat' })
  else return false
  return true
}

function isField(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox' && target.type !== 'radio'
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

/** Whether Ctrl+Z belongs to the text field: an empty one has nothing to undo. */
function isTyping(target: EventTarget | null): boolean {
  const isText = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
  return isText && isField(target) && target.value !== ''
}
