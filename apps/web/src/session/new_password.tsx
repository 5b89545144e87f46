import { useId, useState } from 'react'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { startText } from '../texts/start_texts.ts'
import { AuthCard } from './auth_card.tsx'
import { useCheckedForm } from './checked_form.ts'
import { entryHref, resetTokenOf } from './entry_page.ts'
import { emailProblem, newPasswordProblem } from './judge.ts'
import type { Session } from './session.ts'

interface NewPasswordProps {
  readonly session: Session
  readonly page: 'forgot-password' | 'reset-password'
}

/** The page that asks for a link for a new password, and the one to which the link leads. */
export default function NewPassword({ session, page }: NewPasswordProps) {
  return page === 'forgot-password' ? <AskForLink session={session} /> : <ChoosePassword session={session} />
}

function AskForLink({ session }: { readonly session: Session }) {
  const id = useId()
  const [sentTo, setSentTo] = useState<string>()
  const { forgot } = startText
  const form = useCheckedForm({ email: emailProblem }, async ({ email = '' }) => {
    const problem = await session.askForNewPassword(email.trim())
    if (problem === null) setSentTo(email.trim())
    return problem
  })
  return (
    <AuthCard title={forgot.title}>
      {sentTo === undefined ? (
        <form className="auth-form" noValidate onSubmit={form.onSubmit} aria-describedby={id}>
          <p>{forgot.intro}</p>
          <Field
            label={startText.email}
            name="email"
            type="email"
            autoComplete="email"
            required
            problem={form.problems['email']}
          />
          <p className="problem" id={id} role="alert">
            {form.problem}
          </p>
          <Button look="primary" type="submit" disabled={form.isBusy}>
            {forgot.send}
          </Button>
        </form>
      ) : (
        <div role="status">
          <p>{forgot.sent(sentTo)}</p>
          <p className="quiet">{forgot.noMail}</p>
        </div>
      )}
      <BackToSignIn />
    </AuthCard>
  )
}

function ChoosePassword({ session }: { readonly session: Session }) {
  const id = useId()
  const [isChanged, setIsChanged] = useState(false)
  const { reset } = startText
  const form = useCheckedForm({ password: newPasswordProblem }, async ({ password = '' }) => {
    const problem = await session.resetPassword(resetTokenOf(location.hash), password)
    setIsChanged(problem === null)
    return problem
  })
  return (
    <AuthCard title={reset.title}>
      {isChanged ? (
        <p role="status">{reset.done}</p>
      ) : (
        <form className="auth-form" noValidate onSubmit={form.onSubmit} aria-describedby={id}>
          <Field
            label={reset.newPassword}
            name="password"
            type="password"
            hint={startText.passwordHint}
            autoComplete="new-password"
            required
            problem={form.problems['password']}
          />
          <p className="problem" id={id} role="alert">
            {form.problem}
          </p>
          <Button look="primary" type="submit" disabled={form.isBusy}>
            {reset.save}
          </Button>
        </form>
      )}
      <BackToSignIn />
    </AuthCard>
  )
}

function BackToSignIn() {
  return (
    <p className="auth-other">
      <a className="link" href={entryHref('sign-in')}>
        {startText.forgot.back}
      </a>
    </p>
  )
}
