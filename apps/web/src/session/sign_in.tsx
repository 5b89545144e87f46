import { useId, useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { Mark } from '../design/icon.tsx'
import { formText } from '../form_text.ts'
import type { Session } from './session.ts'
import { startText } from '../texts/start_texts.ts'

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
        <h1 className="auth-title">{isNew ? startText.signUpTitle : startText.signIn}</h1>
        {isExpired && <p className="note">{startText.expired}</p>}
        {note !== undefined && <p className="note">{note}</p>}
        <form className="auth-form" onSubmit={(event) => void submit(event)} aria-describedby={problemId}>
          {isNew && <Field label={startText.name} name="name" autoComplete="name" required />}
          <Field label={startText.email} name="email" type="email" autoComplete="email" required />
          <Field
            label={startText.password}
            name="password"
            type="password"
            hint={isNew ? startText.passwordHint : undefined}
            minLength={isNew ? 8 : undefined}
            autoComplete={isNew ? 'new-password' : 'current-password'}
            required
          />
          <p className="problem" id={problemId} role="alert">
            {problem}
          </p>
          <Button look="primary" type="submit" disabled={isBusy}>
            {isNew ? startText.signUp : startText.signIn}
          </Button>
        </form>
        <p className="auth-other">
          {isNew ? startText.haveAccount : startText.newHere}{' '}
          <button
            type="button"
            className="link"
            onClick={() => {
              setIsNew(!isNew)
              setProblem(null)
            }}
          >
            {isNew ? startText.signIn : startText.createAccount}
          </button>
        </p>
      </div>
    </main>
  )
}
