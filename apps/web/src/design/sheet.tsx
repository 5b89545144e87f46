import { Dialog } from '@base-ui/react/dialog'
import { useRef, type ReactNode } from 'react'
import { IconButton } from './button.tsx'
import { t } from '../texts/texts.ts'

export interface SheetProps {
  readonly title: string
  /** Where it opens: in the middle, or along a side of the window. */
  readonly side?: 'middle' | 'right' | 'left'
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A modal panel with a title. It keeps the focus, and returns it when it closes. */
export function Sheet({ title, side = 'middle', onClose, children }: SheetProps) {
  // The popup takes the focus, not its first control, so that screen readers announce the title first.
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup ref={popup} initialFocus={popup} className={`sheet sheet-${side}`}>
          <header className="sheet-head">
            <Dialog.Title className="sheet-title">{title}</Dialog.Title>
            <Dialog.Close render={<IconButton icon="close" label={t.shell.close} />} />
          </header>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
