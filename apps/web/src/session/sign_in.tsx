import { useId, useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { Mark } from '../design/icon.tsx'
import { formText } from '../form_text.ts'
import type { Session } from './session.ts'

interface SignInProps {
  readonly session: Session
  /** The session ended by itself; what was not sent yet is still here. */
  readonly isEnded: boolean
}

/** The door: for those who have an account, and those who make one. */
export function SignIn({ session, isEnded }: SignInProps) {
  const [isNew, setIsNew] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const problemId = useId()

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const given = (name: string) => formText(form, name)
    const [name, email, password] = [given('name').trim(), given('email').trim(), given('password')]
    setIsBusy(true)
    setProblem(await (isNew ? session.signUp(name, email, password) : session.signIn(email, password)))
    setIsBusy(false)
  }

  return (
    <main className="door">
      <div className="door-card">
        <p className="brand">
          <Mark /> Taskwire
        </p>
        <h1 className="door-title">{isNew ? 'Create your account' : 'Sign in'}</h1>
        {isEnded && <p className="note">Your session has ended. What was not sent yet is kept in this browser.</p>}
        <form className="door-form" onSubmit={(event) => void submit(event)} aria-describedby={problemId}>
          {isNew && <Field label="Name" name="name" autoComplete="name" required />}
          <Field label="E-mail" name="email" type="email" autoComplete="email" required />
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
        <p className="door-other">
          {isNew ? 'You have one already?' : 'New here?'}{' '}
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
