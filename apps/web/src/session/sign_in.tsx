import { useId, useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { Mark } from '../design/icon.tsx'
import { formText } from '../form_text.ts'
import type { Session } from './session.ts'

interface SignInProps {
  readonly session: Session
  /** Whether the session ended on the server; unsent changes are still in this browser then. */
  readonly isExpired: boolean
  /** What signing in is for, if not for the tasks themselves. */
  readonly note?: string
  readonly onSignedIn?: () => void
}

/** The page for signing in and for creating an account. */
export function SignIn({ session, isExpired, note, onSignedIn }: SignInProps) {
  const [isNew, setIsNew] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const problemId = useId()

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => formText(form, name)
    const [name, email, password] = [text('name').trim(), text('email').trim(), text('password')]
    setIsBusy(true)
    const failed = await (isNew ? session.signUp(name, email, password) : session.signIn(email, password))
    setProblem(failed)
    setIsBusy(false)
    if (failed === null) onSignedIn?.()
  }

  return (
    <main className="auth">
      <div className="auth-card">
        <p className="brand">
          <Mark /> Taskwire
        </p>
        <h1 className="auth-title">{isNew ? 'Create your account' : 'Sign in'}</h1>
        {isExpired && <p className="note">Your session has expired. Unsent changes are kept in this browser.</p>}
        {note !== undefined && <p className="note">{note}</p>}
        <form className="auth-form" onSubmit={(event) => void submit(event)} aria-describedby={problemId}>
          {isNew && <Field label="Name" name="name" autoComplete="name" required />}
          <Field label="Email" name="email" type="email" autoComplete="email" required />
          <Field
            label="Password"
            name="password"
            type="password"
            hint={isNew ? 'At least 8 characters' : undefined}
            minLength={isNew ? 8 : undefined}
            autoComplete={isNew ? 'new-password' : 'current-password'}
            required
          />
          <p className="problem" id={problemId} role="alert">
            {problem}
          </p>
          <Button look="primary" type="submit" disabled={isBusy}>
            {isNew ? 'Create account' : 'Sign in'}
          </Button>
        </form>
        <p className="auth-other">
          {isNew ? 'Already have an account?' : 'New here?'}{' '}
          <button
            type="button"
            className="link"
            onClick={() => {
              setIsNew(!isNew)
              setProblem(null)
            }}
          >
            {isNew ? 'Sign in' : 'Create an account'}
          </button>
        </p>
      </div>
    </main>
  )
}
