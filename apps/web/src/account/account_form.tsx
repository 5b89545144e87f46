import { useId, type ReactNode } from 'react'
import { Button } from '../design/button.tsx'
import type { CheckedForm } from '../session/checked_form.ts'

interface AccountFormProps {
  readonly form: CheckedForm
  readonly submit: string
  readonly look?: 'plain' | 'danger'
  readonly children: ReactNode
}

/** A form of the account page: its fields, why the server refused it, and its button. */
export function AccountForm({ form, submit, look = 'plain', children }: AccountFormProps) {
  const id = useId()
  return (
    <form className="account-form" noValidate onSubmit={form.onSubmit} aria-describedby={id}>
      {children}
      <p className="problem" id={id} role="alert">
        {form.problem}
      </p>
      <Button type="submit" look={look} disabled={form.isBusy}>
        {submit}
      </Button>
    </form>
  )
}
