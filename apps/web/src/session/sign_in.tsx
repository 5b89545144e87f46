import { useId } from 'react'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { startText } from '../texts/start_texts.ts'
import { AuthCard } from './auth_card.tsx'
import { useCheckedForm, type Checks } from './checked_form.ts'
import { entryHref } from './entry_page.ts'
import { emailProblem, nameProblem, newPasswordProblem, passwordProblem } from './judge.ts'
import type { Session } from './session.ts'

interface SignInProps {
  readonly session: Session
  /** Whether it creates an account. */
  readonly isNew: boolean
  /** Whether the session ended on the server; unsent changes are still in this browser then. */
  readonly isExpired: boolean
  /** What signing in is for, if not for the tasks themselves. */
  readonly note?: string
  /** Changes to the other form where it has no address of its own. */
  readonly onSwitch?: () => void
  readonly onSignedIn?: () => void
}

/** The page for signing in, and the one for creating an account. */
export function SignIn({ session, isNew, isExpired, note, onSwitch, onSignedIn }: SignInProps) {
  const problemId = useId()
  const checks: Checks = isNew
    ? { name: nameProblem, email: emailProblem, password: newPasswordProblem }
    : { email: emailProblem, password: passwordProblem }
  const form = useCheckedForm(checks, async ({ name = '', email = '', password = '' }) => {
    const problem = await (isNew
      ? session.signUp(name.trim(), email.trim(), password)
      : session.signIn(email.trim(), password))
    if (problem === null) onSignedIn?.()
    return problem
  })
  const { problems } = form

  return (
    <AuthCard title={isNew ? startText.signUpTitle : startText.signIn} isFirstVisit={!isExpired && note === undefined}>
      {isExpired && <p className="note">{startText.expired}</p>}
      {note !== undefined && <p className="note">{note}</p>}
      <form key={String(isNew)} className="auth-form" noValidate onSubmit={form.onSubmit} aria-describedby={problemId}>
        {isNew && <Field label={startText.name} name="name" autoComplete="name" required problem={problems['name']} />}
        <Field
          label={startText.email}
          name="email"
          type="email"
          autoComplete="email"
          required
          problem={problems['email']}
        />
        <Field
          label={startText.password}
          name="password"
          type="password"
          hint={isNew ? startText.passwordHint : undefined}
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
          problem={problems['password']}
        />
        <p className="problem" id={problemId} role="alert">
          {form.problem}
        </p>
        <Button look="primary" type="submit" disabled={form.isBusy}>
          {isNew ? startText.signUp : startText.signIn}
        </Button>
      </form>
      <p className="auth-other">
        {isNew ? startText.haveAccount : startText.newHere}{' '}
        {onSwitch === undefined ? (
          <a className="link" href={entryHref(isNew ? 'sign-in' : 'sign-up')} onClick={form.reset}>
            {isNew ? startText.signIn : startText.createAccount}
          </a>
        ) : (
          <button type="button" className="link" onClick={onSwitch}>
            {isNew ? startText.signIn : startText.createAccount}
          </button>
        )}
      </p>
      {!isNew && (
        <p className="auth-other">
          <a className="link" href={entryHref('forgot-password')}>
            {startText.forgot.link}
          </a>
        </p>
      )}
    </AuthCard>
  )
}
