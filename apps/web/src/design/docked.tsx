import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { t } from '../texts/texts.ts'
import { IconButton } from './button.tsx'

interface DockedProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A panel beside the list of a wide window. It takes the focus, and returns it when it closes. */
export function Docked({ title, onClose, children }: DockedProps) {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus({ preventScroll: true })
    return () => {
      // By then the focus may be elsewhere by the user's choice.
      const isFree = document.activeElement === document.body || document.activeElement === null
      if (isFree && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    onClose()
  }

  return (
    <aside className="pane" aria-label={title} tabIndex={-1} ref={panel} onKeyDown={onKeyDown}>
      <header className="sheet-head">
        <h2 className="sheet-title">{title}</h2>
        <IconButton icon="close" label={t.shell.close} onClick={onClose} />
      </header>
      {children}
    </aside>
  )
}
