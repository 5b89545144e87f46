import { useEffect, useState, useSyncExternalStore } from 'react'
import { SignIn } from './session/sign_in.tsx'
import type { Session, User } from './session/session.ts'
import { Shell } from './shell/shell.tsx'
import { openWorkspace, WorkspaceContext, type Workspace } from './workspace.ts'

/** The sign-in page, or the app of the signed-in user. */
export function App({ session }: { readonly session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state)
  if (state.kind === 'checking') return <Loading />
  if (state.kind === 'signed_out') return <SignIn session={session} isExpired={state.isExpired === true} />
  return <SignedIn key={state.user.id} session={session} user={state.user} />
}

function SignedIn({ session, user }: { readonly session: Session; readonly user: User }) {
  const [workspace, setWorkspace] = useState<Workspace>()
  useEffect(() => {
    let isUnmounted = false
    const opening = openWorkspace(session, user)
    void opening.then((opened) => {
      if (!isUnmounted) setWorkspace(opened)
    })
    return () => {
      isUnmounted = true
      void opening.then((opened) => opened.close())
    }
  }, [session, user])
  if (workspace === undefined) return <Loading />
  return (
    <WorkspaceContext value={workspace}>
      <Shell />
    </WorkspaceContext>
  )
}

function Loading() {
  return <div className="loading" role="status" aria-label="Loading" />
}
