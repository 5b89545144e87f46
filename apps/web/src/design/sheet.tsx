import { Dialog } from '@base-ui/react/dialog'
import { useRef, type ReactNode } from 'react'
import { IconButton } from './button.tsx'

export interface SheetProps {
  readonly title: string
  /** Where it opens: in the middle, or along a side of the window. */
  readonly place?: 'middle' | 'right' | 'left'
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A modal surface with a title. Focus stays in it and goes back to where it was. */
export function Sheet({ title, place = 'middle', onClose, children }: SheetProps) {
  // Not on its first control: those who hear it hear its title first.
  const popup = useRef<HTMLDivElement>(null)
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup ref={popup} initialFocus={popup} className={`sheet sheet-${place}`}>
          <header className="sheet-head">
            <Dialog.Title className="sheet-title">{title}</Dialog.Title>
            <Dialog.Close render={<IconButton icon="close" label="Close" />} />
          </header>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
