import { Toast } from '@base-ui/react/toast'
import { IconButton } from '../design/button.tsx'

/** Messages that go away by themselves. F6 moves the focus to them. */
export function Toasts() {
  const { toasts } = Toast.useToastManager()
  return (
    <Toast.Portal>
      <Toast.Viewport className="toasts" aria-label="Messages">
        {toasts.map((toast) => (
          <Toast.Root key={toast.id} toast={toast} className="toast">
            <Toast.Content className="toast-content">
              <div className="toast-text">
                <Toast.Title className="toast-title" render={<p />} />
                <Toast.Description className="toast-description" />
              </div>
              <Toast.Action className="button button-plain" />
              <Toast.Close render={<IconButton icon="close" label="Dismiss" />} />
            </Toast.Content>
          </Toast.Root>
        ))}
      </Toast.Viewport>
    </Toast.Portal>
  )
}
