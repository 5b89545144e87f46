import { useEffect, useState, type ReactNode } from 'react'
import { Button } from '../design/button.tsx'
import { Mark } from '../design/icon.tsx'
import { SignIn } from '../session/sign_in.tsx'
import type { Session, SessionState } from '../session/session.ts'
import { Consent } from './consent.tsx'
import { Grants } from './grants.ts'
import type { ConnectRequest } from './request.ts'

interface ConnectPageProps {
  readonly request: ConnectRequest
  readonly session: Session
  readonly state: SessionState
}

/** The page to which an app leads its user: it signs in where needed, then asks for consent. */
export default function ConnectPage({ request, session, state }: ConnectPageProps) {
  const [mustSignIn, setMustSignIn] = useState(request.asksForSignIn)
  const name = useAskingApp(session, request)
  useEffect(() => {
    document.title = `Connect ${name} · Taskwire`
  }, [name])

  if (request.error !== undefined) return <RejectedRequest error={request.error} />
  if (state.kind !== 'signed_in' || mustSignIn) {
    return (
      <SignIn
        session={session}
        isExpired={false}
        note={`Sign in to connect ${name} to your tasks.`}
        onSignedIn={() => setMustSignIn(false)}
      />
    )
  }
  return (
    <Card title={`Connect ${name}?`}>
      <Consent request={request} name={name} auth={session.auth} />
      <p className="auth-other">
        Signed in as {state.user.email}.{' '}
        <button type="button" className="link" onClick={() => setMustSignIn(true)}>
          Use another account
        </button>
      </p>
    </Card>
  )
}

/** The name that the app gives itself. */
function useAskingApp(session: Session, { client_id, query, error }: ConnectRequest): string {
  const [name, setName] = useState('this app')
  useEffect(() => {
    let isUnmounted = false
    if (error !== undefined) return undefined
    void Grants.askingApp(session.auth, client_id, query)
      .then((found) => {
        if (!isUnmounted && found !== undefined) setName(`“${found}”`)
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

const reasons: Partial<Record<string, string>> = {
  invalid_client: 'It is not known here any more. Connect it again in the app, from the beginning.',
  client_disabled: 'It has been disabled on this server.',
  invalid_redirect: 'It wants the answer at an address that it did not register.',
}

function RejectedRequest({ error }: { readonly error: string }) {
  return (
    <Card title="This app cannot be connected">
      <p>{reasons[error] ?? `Its request is not valid (${error}).`}</p>
      <Button look="primary" onClick={() => location.assign('/')}>
        Open Taskwire
      </Button>
    </Card>
  )
}
