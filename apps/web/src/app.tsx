import { lazy, Suspense, useSyncExternalStore } from 'react'
import { SignIn } from './session/sign_in.tsx'
import type { Session } from './session/session.ts'

// The sign-in form does without the app, which starts to load while the session is checked or the password is typed.
const loadApp = () => import('./signed_in.tsx')
const SignedIn = lazy(loadApp)

/** Starts to load the app of a signed-in user. Where that fails, showing it tries again. */
export function preloadApp(): void {
  void loadApp().catch(() => {})
}

/** The sign-in page, or the app of the signed-in user. */
export function App({ session }: { readonly session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state)
  if (state.kind === 'checking') return <Loading />
  if (state.kind === 'signed_out') return <SignIn session={session} isExpired={state.isExpired === true} />
  return (
    <Suspense fallback={<Loading />}>
      <SignedIn key={state.user.id} session={session} user={state.user} />
    </Suspense>
  )
}

function Loading() {
  return <div className="loading" role="status" aria-label="Loading" />
}
