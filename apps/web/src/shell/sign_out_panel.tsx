import { Button } from '../design/button.tsx'
import { Sheet } from '../design/sheet.tsx'
import { changesWaiting } from './connection_text.ts'

interface SignOutPanelProps {
  readonly waiting: number
  readonly onStay: () => void
  readonly onLeave: () => void
}

export default function SignOutPanel({ waiting, onStay, onLeave }: SignOutPanelProps) {
  return (
    <Sheet title="Sign out now?" onClose={onStay}>
      <p>
        {changesWaiting(waiting)} to be sent to the server. Signing out removes everything from this browser, and with
        it what was not sent.
      </p>
      <div className="sheet-actions">
        <Button onClick={onStay}>Stay signed in</Button>
        <Button look="danger" onClick={onLeave}>
          Sign out and lose it
        </Button>
      </div>
    </Sheet>
  )
}
