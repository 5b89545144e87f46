import { useEffect, useState } from 'react'
import { Splash } from './design/splash.tsx'
import type { Session, User } from './session/session.ts'
import { Boundary } from './shell/boundary.tsx'
import { FailedPage } from './shell/failed_page.tsx'
import { Shell } from './shell/shell.tsx'
import { openWorkspace, WorkspaceContext, type Workspace } from './workspace.ts'
import { loadTexts, t } from './texts/texts.ts'

interface SignedInProps {
  readonly session: Session
  readonly user: User
}

/** The app of a signed-in user. */
export default function SignedIn({ session, user }: SignedInProps) {
  const [workspace, setWorkspace] = useState<Workspace>()
  useEffect(() => {
    let isUnmounted = false
    const opening = loadTexts()
      .catch(() => {})
      .then(() => openWorkspace(session, user))
    void opening.then((opened) => {
      if (!isUnmounted) setWorkspace(opened)
    })
    return () => {
      isUnmounted = true
      void opening.then((opened) => opened.close())
    }
    // The workspace is the same when the user changes their name.
  }, [session, user.id])
  if (workspace === undefined) return <Splash label={t.shell.loading} />
  return (
    <WorkspaceContext value={workspace}>
      <Boundary fallback={<FailedPage />}>
        <Shell />
      </Boundary>
    </WorkspaceContext>
  )
}
