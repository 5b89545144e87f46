import type { ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { t } from '../texts/texts.ts'

interface TaskPaneProps {
  readonly place: HTMLElement
  readonly children: ReactNode
}

/** The task that is open, beside the list of a wide window. */
export function TaskPane({ place, children }: TaskPaneProps) {
  return createPortal(
    <aside className="pane" aria-label={t.editor.details}>
      {children}
    </aside>,
    place,
  )
}
