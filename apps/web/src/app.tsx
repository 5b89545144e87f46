import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react'
import { connectRequestOf } from './connect/request.ts'
import { Splash } from './design/splash.tsx'
import { entryPageOf } from './session/entry_page.ts'
import { SignIn } from './session/sign_in.tsx'
import { hasStoredUser, isSigningOut, type Session, type SessionState } from './session/session.ts'
import { startText } from './texts/start_texts.ts'

// The sign-in form does without the app, which starts to load while the session is checked or the password is typed.
const loadApp = () => import('./signed_in.tsx')
const SignedIn = lazy(loadApp)
const ConnectPage = lazy(() => import('./connect/connect_page.tsx'))
const NewPassword = lazy(() => import('./session/new_password.tsx'))

/** Starts to load the app of a signed-in user. Where that fails, showing it tries again. */
export function preloadApp(): void {
  void loadApp().catch(() => {})
}

/** The sign-in page, the app of the signed-in user, or the page on which they connect another app to it. */
export function App({ session }: { readonly session: Session }) {
  const current = useSyncExternalStore(session.subscribe, session.state)
  const hash = useSyncExternalStore(onHash, () => location.hash)
  const request = connectRequestOf(location)
  // Where nobody was signed in the form does not wait for the server's answer.
  const isVisitor = current.kind === 'checking' && request === undefined && !hasStoredUser() && !isSigningOut()
  const state: SessionState = isVisitor ? { kind: 'signed_out' } : current
  if (state.kind === 'checking') return <Loading />
  if (request !== undefined) {
    return (
      <Suspense fallback={<Loading />}>
        <ConnectPage key={request.query} request={request} session={session} state={state} />
      </Suspense>
    )
  }
  return <Page session={session} state={state} hash={hash} />
}

interface PageProps {
  readonly session: Session
  readonly state: Exclude<SessionState, { kind: 'checking' }>
  readonly hash: string
}

function Page({ session, state, hash }: PageProps) {
  const page = entryPageOf(hash)
  const isSignedIn = state.kind === 'signed_in'
  // A link for a new password is for its owner, whoever is signed in here.
  const isEntered = isSignedIn && page !== undefined && page !== 'reset-password'
  useEffect(() => {
    if (!isEntered) return
    history.replaceState(history.state, '', '#/today')
    dispatchEvent(new Event('hashchange'))
  }, [isEntered])
  if (page === 'reset-password' || (page === 'forgot-password' && !isSignedIn)) {
    return (
      <Suspense fallback={<Loading />}>
        <NewPassword session={session} page={page} />
      </Suspense>
    )
  }
  if (!isSignedIn) {
    return <SignIn session={session} isNew={page === 'sign-up'} isExpired={state.isExpired === true} />
  }
  return (
    <Suspense fallback={<Loading />}>
      <SignedIn key={state.user.id} session={session} user={state.user} />
    </Suspense>
  )
}

function onHash(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

function Loading() {
  return <Splash label={startText.loading} />
}
