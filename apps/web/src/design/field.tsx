import { useId, type ComponentProps } from 'react'

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string
  readonly hint?: string | undefined
  /** Why the value is not valid, as a sentence. */
  readonly problem?: string | null | undefined
}

/** A text input with its label. */
export function Field({ label, hint, problem, ...props }: FieldProps) {
  const id = useId()
  const isWrong = problem !== undefined && problem !== null
  const described = [hint && `${id}-hint`, isWrong && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        aria-describedby={described || undefined}
        aria-invalid={isWrong || undefined}
        {...props}
      />
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {isWrong && (
        <span className="problem" id={`${id}-problem`}>
          {problem}
        </span>
      )}
    </p>
  )
}
