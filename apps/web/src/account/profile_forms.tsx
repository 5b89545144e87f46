import { useState } from 'react'
import { Field } from '../design/field.tsx'
import { useCheckedForm } from '../session/checked_form.ts'
import { emailProblem, nameProblem } from '../session/judge.ts'
import { problemOf } from '../session/session.ts'
import { t } from '../texts/texts.ts'
import { useUser, useWorkspace } from '../workspace.ts'
import { AccountForm } from './account_form.tsx'

export function NameForm() {
  const { session, notify } = useWorkspace()
  const user = useUser()
  const form = useCheckedForm({ name: nameProblem }, async ({ name = '' }) => {
    const problem = await problemOf(session.call('/update-user', { name: name.trim() }))
    if (problem === null) {
      await session.reload()
      notify(t.account.nameSaved)
    }
    return problem
  })
  return (
    <AccountForm form={form} submit={t.account.saveName}>
      <Field
        label={t.account.name}
        name="name"
        autoComplete="name"
        required
        defaultValue={user.name}
        problem={form.problems['name']}
      />
    </AccountForm>
  )
}

/** A new address counts at once, or where the server sends mail when it was confirmed. */
export function EmailForm() {
  const { session, notify } = useWorkspace()
  const user = useUser()
  const [waiting, setWaiting] = useState<string>()
  const form = useCheckedForm({ email: emailProblem }, async ({ email = '' }) => {
    const newEmail = email.trim().toLowerCase()
    if (newEmail === user.email) return null
    const problem = await problemOf(session.call('/change-email', { newEmail }))
    if (problem !== null) return problem
    const isChanged = (await session.reload())?.email === newEmail
    setWaiting(isChanged ? undefined : newEmail)
    if (isChanged) notify(t.account.emailSaved)
    return null
  })
  return (
    <AccountForm form={form} submit={t.account.saveEmail}>
      <Field
        label={t.account.email}
        name="email"
        type="email"
        autoComplete="email"
        required
        defaultValue={user.email}
        problem={form.problems['email']}
      />
      {waiting !== undefined && (
        <p className="note" role="status">
          {t.account.confirmEmail(waiting)}
        </p>
      )}
    </AccountForm>
  )
}
