import { useEffect, useState, type ReactNode } from 'react'
import { Button } from '../design/button.tsx'
import { Mark } from '../design/icon.tsx'
import { SignIn } from '../session/sign_in.tsx'
import type { Session, SessionState } from '../session/session.ts'
import { Consent } from './consent.tsx'
import { Grants } from './grants.ts'
import type { ConnectRequest } from './request.ts'
import { startText } from '../texts/start_texts.ts'

interface ConnectPageProps {
  readonly request: ConnectRequest
  readonly session: Session
  readonly state: SessionState
}

/** The page to which an app leads its user: it signs in where needed, then asks for consent. */
export default function ConnectPage({ request, session, state }: ConnectPageProps) {
  const [mustSignIn, setMustSignIn] = useState(request.asksForSignIn)
  const [isNew, setIsNew] = useState(false)
  const name = useAskingApp(session, request)
  useEffect(() => {
    document.title = startText.connect.pageTitle(name)
  }, [name])

  if (request.error !== undefined) return <RejectedRequest error={request.error} />
  if (state.kind !== 'signed_in' || mustSignIn) {
    return (
      <SignIn
        session={session}
        isNew={isNew}
        onSwitch={() => setIsNew(!isNew)}
        isExpired={false}
        note={startText.connect.signInTo(name)}
        onSignedIn={() => setMustSignIn(false)}
      />
    )
  }
  return (
    <Card title={startText.connect.title(name)}>
      <Consent request={request} name={name} call={session.call} />
      <p className="auth-other">
        {startText.connect.signedInAs(state.user.email)}{' '}
        <button type="button" className="link" onClick={() => setMustSignIn(true)}>
          {startText.connect.otherAccount}
        </button>
      </p>
    </Card>
  )
}

/** The name that the app gives itself. */
function useAskingApp(session: Session, { client_id, query, error }: ConnectRequest): string {
  const [name, setName] = useState<string>(startText.connect.thisApp)
  useEffect(() => {
    let isUnmounted = false
    if (error !== undefined) return undefined
    void Grants.askingApp(session.call, client_id, query)
      .then((found) => {
        if (!isUnmounted && found !== undefined) setName(startText.connect.quoted(found))
      })
      .catch(() => {})
    return () => {
      isUnmounted = true
    }
  }, [session, client_id, query, error])
  return name
}

function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="auth">
      <div className="auth-card">
        <p className="brand">
          <Mark /> Taskwire
        </p>
        <h1 className="auth-title connect-title">{title}</h1>
        {children}
      </div>
    </main>
  )
}

function reasonOf(error: string): string {
  const { unknownClient, unreachable, disabled, redirect, invalid } = startText.connect
  if (error === 'invalid_client') return unknownClient
  if (error === 'client_document_unreachable') return unreachable
  if (error === 'client_disabled') return disabled
  return error === 'invalid_redirect' ? redirect : invalid(error)
}

function RejectedRequest({ error }: { readonly error: string }) {
  return (
    <Card title={startText.connect.rejected}>
      <p>{reasonOf(error)}</p>
      <Button look="primary" onClick={() => location.assign('/')}>
        {startText.connect.open}
      </Button>
    </Card>
  )
}
