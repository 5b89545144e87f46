import { useEffect, useState, useSyncExternalStore } from 'react'
import { SignIn } from './session/sign_in.tsx'
import type { Session, User } from './session/session.ts'
import { Shell } from './shell/shell.tsx'
import { openWorkspace, WorkspaceContext, type Workspace } from './workspace.ts'

/** The whole app: the door, or what is behind it. */
export function App({ session }: { readonly session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state)
  if (state.kind === 'checking') return <Waiting />
  if (state.kind === 'signed_out') return <SignIn session={session} isEnded={state.ended === true} />
  return <SignedIn key={state.user.id} session={session} user={state.user} />
}

function SignedIn({ session, user }: { readonly session: Session; readonly user: User }) {
  const [workspace, setWorkspace] = useState<Workspace>()
  useEffect(() => {
    let isLeft = false
    const opening = openWorkspace(session, user)
    void opening.then((opened) => {
      if (!isLeft) setWorkspace(opened)
    })
    return () => {
      isLeft = true
      void opening.then((opened) => opened.close())
    }
  }, [session, user])
  if (workspace === undefined) return <Waiting />
  return (
    <WorkspaceContext value={workspace}>
      <Shell />
    </WorkspaceContext>
  )
}

function Waiting() {
  return <div className="waiting" role="status" aria-label="Loading" />
}
