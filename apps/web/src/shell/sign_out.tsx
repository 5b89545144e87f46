import { lazy, useState } from 'react'
import { IconButton } from '../design/button.tsx'
import { useWorkspace } from '../workspace.ts'
import { LazyPanel } from './lazy_panel.tsx'
import { t } from '../texts/texts.ts'

const SignOutPanel = lazy(() => import('./sign_out_panel.tsx'))

/** Signs out; asks first if unsent changes would be lost. */
export function SignOut() {
  const { signOut, countUnsent } = useWorkspace()
  const [waiting, setWaiting] = useState(0)

  async function start(): Promise<void> {
    const count = await countUnsent()
    if (count === 0) await signOut()
    else setWaiting(count)
  }

  return (
    <>
      <IconButton icon="leave" label={t.shell.signOut} onClick={() => void start()} />
      {waiting > 0 && (
        <LazyPanel onFailed={() => setWaiting(0)}>
          <SignOutPanel waiting={waiting} onCancel={() => setWaiting(0)} onSignOut={() => void signOut()} />
        </LazyPanel>
      )}
    </>
  )
}
