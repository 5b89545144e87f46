import { lazy, useState } from 'react'
import { IconButton } from '../design/button.tsx'
import { useWorkspace } from '../workspace.ts'
import { Part } from './part.tsx'

const LeavePanel = lazy(() => import('./leave_panel.tsx'))

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
        <Part onFailed={() => setWaiting(0)}>
          <LeavePanel waiting={waiting} onStay={() => setWaiting(0)} onLeave={() => void signOut()} />
        </Part>
      )}
    </>
  )
}
