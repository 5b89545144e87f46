import { Button } from '../design/button.tsx'
import { Sheet } from '../design/sheet.tsx'
import { changesWaiting } from './connection_text.ts'

interface SignOutPanelProps {
  readonly waiting: number
  readonly onCancel: () => void
  readonly onSignOut: () => void
}

/** Asks before signing out would discard unsent changes. */
export default function SignOutPanel({ waiting, onCancel, onSignOut }: SignOutPanelProps) {
  return (
    <Sheet title="Sign out now?" onClose={onCancel}>
      <p>
        {changesWaiting(waiting)} to be sent to the server. Signing out removes all data from this browser, including
        unsent changes.
      </p>
      <div className="sheet-actions">
        <Button onClick={onCancel}>Stay signed in</Button>
        <Button look="danger" onClick={onSignOut}>
          Sign out and discard
        </Button>
      </div>
    </Sheet>
  )
}
