import { lazy, useState } from 'react'
import { IconButton } from '../design/button.tsx'
import { useWorkspace } from '../workspace.ts'
import { LazyPanel } from './lazy_panel.tsx'

const SignOutPanel = lazy(() => import('./sign_out_panel.tsx'))

/** Leaves; asks first where something would be lost. */
export function SignOut() {
  const { signOut, unsent } = useWorkspace()
  const [waiting, setWaiting] = useState(0)

  async function leave(): Promise<void> {
    const count = await unsent()
    if (count === 0) await signOut()
    else setWaiting(count)
  }

  return (
    <>
      <IconButton icon="leave" label="Sign out" onClick={() => void leave()} />
      {waiting > 0 && (
        <LazyPanel onFailed={() => setWaiting(0)}>
          <SignOutPanel waiting={waiting} onStay={() => setWaiting(0)} onLeave={() => void signOut()} />
        </LazyPanel>
      )}
    </>
  )
}
