import { Toast } from '@base-ui/react/toast'
import { IconButton } from '../design/button.tsx'
import { t } from '../texts/texts.ts'

/** Messages that go away by themselves. F6 moves the focus to them. */
export function Toasts() {
  const { toasts } = Toast.useToastManager()
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
