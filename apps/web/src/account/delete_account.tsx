import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { useCheckedForm } from '../session/checked_form.ts'
import { passwordProblem } from '../session/judge.ts'
import { problemOf } from '../session/session.ts'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import { AccountForm } from './account_form.tsx'

/** Deletes the account with everything in it, after asking for the password. */
export function DeleteAccount() {
  const { session, signOut } = useWorkspace()
  const [isAsking, setIsAsking] = useState(false)
  const form = useCheckedForm({ password: passwordProblem }, async ({ password = '' }) => {
    const problem = await problemOf(session.call('/delete-user', { password }))
    if (problem === null) await signOut()
    return problem
  })
  return (
    <>
      <p className="quiet">{t.account.deleteText}</p>
      {isAsking ? (
        <AccountForm form={form} submit={t.account.deleteForGood} look="danger">
          <Field
            label={t.account.yourPassword}
            name="password"
            type="password"
            autoComplete="current-password"
            autoFocus
            required
            problem={form.problems['password']}
          />
        </AccountForm>
      ) : (
        <Button onClick={() => setIsAsking(true)}>{t.account.deleteAccount}</Button>
      )}
    </>
  )
}
