import type { ReactNode } from 'react'
import { Button } from '../design/button.tsx'
import { t, type Texts } from '../texts/texts.ts'
import { CopyButton } from './copy_button.tsx'

/** A secret that was just created, to be copied now. `name` is what it is called when it is copied. */
export function ShownOnce(props: {
  readonly label: string
  readonly copyNow: string
  readonly notShownAgain: string
  readonly value: string
  readonly name: keyof Texts['keys']['copyOf']
  readonly onDone: () => void
  readonly children?: ReactNode
}) {
  const { label, copyNow, notShownAgain, value, name, onDone, children } = props
  return (
    <section className="new-key" aria-label={label}>
      <p>
        <strong>{copyNow}</strong> {notShownAgain}
      </p>
      <div className="secret">
        <code className="secret-value">{value}</code>
        <CopyButton text={value} name={name} />
      </div>
      {children}
      <Button look="primary" onClick={onDone}>
        {t.keys.done}
      </Button>
    </section>
  )
}
