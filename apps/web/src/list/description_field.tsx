import { lazy, useEffect, useRef, useState, type MouseEvent } from 'react'
import { Button } from '../design/button.tsx'
import { LazyPanel } from '../shell/lazy_panel.tsx'
import { t } from '../texts/texts.ts'
import { hasFormat } from './has_format.ts'

const FormattedText = lazy(() => import('./formatted_text.tsx'))

interface DescriptionFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A description: formatted where it has links or Markdown, until it is edited. */
export function DescriptionField({ value, onChange }: DescriptionFieldProps) {
  const [isEdited, setIsEdited] = useState(!hasFormat(value))
  const field = useRef<HTMLTextAreaElement>(null)
  const isAsked = useRef(false)
  useEffect(() => {
    if (isEdited && isAsked.current) field.current?.focus()
  }, [isEdited])

  function edit(): void {
    isAsked.current = true
    setIsEdited(true)
  }

  if (isEdited) {
    return (
      <textarea
        ref={field}
        className="input editor-description"
        aria-label={t.editor.description}
        placeholder={t.editor.description}
        rows={3}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  }
  return (
    <section className="description" aria-label={t.editor.description} onClick={(event) => isOnText(event) && edit()}>
      <LazyPanel fallback={<p className="formatted">{value}</p>}>
        <FormattedText text={value} />
      </LazyPanel>
      <Button onClick={edit}>{t.editor.editDescription}</Button>
    </section>
  )
}

/** Whether a click was meant for the text: not for a link in it, nor to select some of it. */
function isOnText({ target }: MouseEvent): boolean {
  return target instanceof Element && target.closest('a, button') === null && String(getSelection()) === ''
}
