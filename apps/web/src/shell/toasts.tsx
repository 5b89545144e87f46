import { Toast } from '@base-ui/react/toast'
import { useEffect, useRef } from 'react'
import { IconButton } from '../design/button.tsx'
import { t } from '../texts/texts.ts'
import type { Panel } from './route.ts'

interface ToastsProps {
  /** The panel that is open. */
  readonly panel: Panel | undefined
}

/** The messages. F6 moves the focus to them. */
export function Toasts({ panel }: ToastsProps) {
  const { toasts, close } = Toast.useToastManager()
  const shown = useRef(toasts)
  shown.current = toasts

  // Messages must not cover a panel that opens; Ctrl+Z still undoes. Those that stay hold what would be lost with them.
  useEffect(() => {
    if (panel === undefined) return
    for (const { id, timeout } of shown.current) if (timeout !== 0) close(id)
  }, [panel, close])

  return (
    <Toast.Portal>
      <Toast.Viewport className="toasts" aria-label={t.shell.messages}>
        {toasts.map((toast) => (
          <Toast.Root key={toast.id} toast={toast} className="toast">
            <Toast.Content className="toast-content">
              <div className="toast-text">
                <Toast.Title className="toast-title" render={<p />} />
                <Toast.Description className="toast-description" />
              </div>
              <Toast.Action className="button button-plain" />
              <Toast.Close render={<IconButton icon="close" label={t.shell.dismiss} />} />
            </Toast.Content>
          </Toast.Root>
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  )
}
