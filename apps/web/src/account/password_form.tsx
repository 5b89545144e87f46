import { Field } from '../design/field.tsx'
import { useCheckedForm } from '../session/checked_form.ts'
import { newPasswordProblem, passwordProblem } from '../session/judge.ts'
import { problemOf } from '../session/session.ts'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import { AccountForm } from './account_form.tsx'

/** Changes the password, and ends the sessions elsewhere. */
export function PasswordForm() {
  const { session, notify } = useWorkspace()
  const form = useCheckedForm({ current: passwordProblem, next: newPasswordProblem }, async (values, element) => {
    const { current = '', next = '' } = values
    const problem = await problemOf(session.call('/change-password', { currentPassword: current, newPassword: next }))
    if (problem !== null) return problem
    element.reset()
    notify(t.account.passwordSaved)
    return problemOf(session.call('/revoke-other-sessions', {}))
  })
  return (
    <AccountForm form={form} submit={t.account.savePassword}>
      <Field
        label={t.account.currentPassword}
        name="current"
        type="password"
        autoComplete="current-password"
        required
        problem={form.problems['current']}
      />
      <Field
        label={t.account.newPassword}
        name="next"
        type="password"
        autoComplete="new-password"
        required
        hint={t.account.passwordHint}
        problem={form.problems['next']}
      />
    </AccountForm>
  )
}
