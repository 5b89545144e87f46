import { lazy, useState } from 'react'
import { IconButton } from '../design/button.tsx'
import { useSnapshot, useWorkspace } from '../workspace.ts'
import { Part } from './part.tsx'

const LeavePanel = lazy(() => import('./leave_panel.tsx'))

/** Leaves; asks first where something would be lost. */
export function SignOut() {
  const { signOut } = useWorkspace()
  const waiting = useSnapshot().waiting.length
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <IconButton icon="leave" label="Sign out" onClick={() => (waiting > 0 ? setIsAsking(true) : void signOut())} />
      {isAsking && (
        <Part onFailed={() => setIsAsking(false)}>
          <LeavePanel waiting={waiting} onStay={() => setIsAsking(false)} onLeave={() => void signOut()} />
        </Part>
      )}
    </>
  )
}
