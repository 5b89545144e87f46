import { useState, type FormEvent } from 'react'
import { formText } from '../form_text.ts'

/** What is judged before a form is sent: each field by its name. */
export type Checks = Readonly<Record<string, (value: string) => string | null>>

export interface CheckedForm {
  /** Why each field is not valid, as a sentence. */
  readonly problems: Readonly<Record<string, string | null>>
  /** Why the server refused it. */
  readonly problem: string | null
  readonly isBusy: boolean
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void
  readonly reset: () => void
}

/**
 * A form whose fields are judged before it is sent. `send` resolves to null, or to why the server refused it. The focus
 * moves to the first field that is not valid.
 */
export function useCheckedForm(
  checks: Checks,
  send: (values: Readonly<Record<string, string>>, form: HTMLFormElement) => Promise<string | null>,
): CheckedForm {
  const [problems, setProblems] = useState<CheckedForm['problems']>({})
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)

  async function submit(form: HTMLFormElement): Promise<void> {
    const data = new FormData(form)
    const values = Object.fromEntries(Object.keys(checks).map((name) => [name, formText(data, name)]))
    const found = Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check(values[name] ?? '')]))
    setProblems(found)
    setProblem(null)
    const first = Object.keys(found).find((name) => found[name] !== null)
    if (first !== undefined) return form.querySelector<HTMLElement>(`[name="${first}"]`)?.focus()
    setIsBusy(true)
    const refused = await send(values, form)
    setProblem(refused)
    setIsBusy(false)
  }

  return {
    problems,
    problem,
    isBusy,
    onSubmit(event) {
      event.preventDefault()
      void submit(event.currentTarget)
    },
    reset() {
      setProblems({})
      setProblem(null)
    },
  }
}
