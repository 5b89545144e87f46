import { lazy, Suspense, useState } from 'react'
import { IconButton } from '../design/button.tsx'
import { useSnapshot, useWorkspace } from '../workspace.ts'

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
        <Suspense fallback={null}>
          <LeavePanel waiting={waiting} onStay={() => setIsAsking(false)} onLeave={() => void signOut()} />
        </Suspense>
      )}
    </>
  )
}
