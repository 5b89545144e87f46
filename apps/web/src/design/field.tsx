import { useId, type ComponentProps } from 'react'

/** A text input with its label. */
export function Field({
  label,
  hint,
  ...props
}: ComponentProps<'input'> & { readonly label: string; readonly hint?: string | undefined }) {
  const id = useId()
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="input" aria-describedby={hint && `${id}-hint`} {...props} />
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </p>
  )
}
