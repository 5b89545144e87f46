import { Button } from '../design/button.tsx'
import { Sheet } from '../design/sheet.tsx'
import { t } from '../texts/texts.ts'

interface SignOutPanelProps {
  readonly waiting: number
  readonly onCancel: () => void
  readonly onSignOut: () => void
}

/** Asks before signing out would discard unsent changes. */
export default function SignOutPanel({ waiting, onCancel, onSignOut }: SignOutPanelProps) {
  return (
    <Sheet title={t.shell.signOutNow} onClose={onCancel}>
      <p>{t.shell.signOutLoses(t.shell.changesWaiting(waiting))}</p>
      <div className="sheet-actions">
        <Button onClick={onCancel}>{t.shell.staySignedIn}</Button>
        <Button look="danger" onClick={onSignOut}>
          {t.shell.signOutAndDiscard}
        </Button>
      </div>
    </Sheet>
  )
}
