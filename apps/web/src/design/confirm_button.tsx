import { useState } from 'react'
import { t } from '../texts/texts.ts'
import { Button } from './button.tsx'

interface ConfirmButtonProps {
  readonly text: string
  /** What exactly it does, for screen readers. */
  readonly label: string
  readonly onConfirm: () => void
}

/** A button that asks once more before it does something. Leaving it takes the question back. */
export function ConfirmButton({ text, label, onConfirm }: ConfirmButtonProps) {
  const [isConfirming, setIsConfirming] = useState(false)
  if (!isConfirming) {
    return (
      <Button aria-label={label} onClick={() => setIsConfirming(true)}>
        {text}
      </Button>
    )
  }
  return (
    <Button
      look="danger"
      autoFocus
      aria-label={`${t.shell.confirm}: ${label}`}
      onBlur={() => setIsConfirming(false)}
      onClick={() => {
        setIsConfirming(false)
        onConfirm()
      }}
    >
      {t.shell.confirm}
    </Button>
  )
}
