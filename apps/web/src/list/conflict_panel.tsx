import type { Task } from '../client.ts'
import { Button } from '../design/button.tsx'
import { Sheet } from '../design/sheet.tsx'
import { applied, type PendingWrite } from '../replica/outbox/pending_write.ts'

interface ConflictPanelProps {
  readonly write: PendingWrite
  readonly onLater: () => void
  readonly onResolve: (choice: 'mine' | 'theirs') => void
}

/** Two people changed the same: both versions, and a choice. */
export default function ConflictPanel({ write, onLater, onResolve }: ConflictPanelProps) {
  const { conflict: theirs, base } = write
  if (theirs === undefined) return null
  const mine = applied(theirs, write) ?? theirs
  return (
    <Sheet title="This task was changed elsewhere too" onClose={onLater}>
      <p className="quiet">
        While you were editing “{base?.title ?? theirs.title}”, it was changed through another door.
      </p>
      <div className="versions">
        <Version title="Yours" task={mine} other={theirs} />
        <Version title="On the server" task={theirs} other={mine} />
      </div>
      <div className="sheet-actions">
        <Button onClick={onLater}>Decide later</Button>
        <Button onClick={() => onResolve('theirs')}>Keep the server’s</Button>
        <Button look="primary" onClick={() => onResolve('mine')}>
          Keep mine
        </Button>
      </div>
    </Sheet>
  )
}

interface VersionProps {
  readonly title: string
  readonly task: Task
  readonly other: Task
}

const differs = (isDifferent: boolean) => (isDifferent ? '' : undefined)

function Version({ title, task, other }: VersionProps) {
  return (
    <section className="version">
      <h3 className="version-title">{title}</h3>
      <dl>
        <dt>Title</dt>
        <dd data-differs={differs(task.title !== other.title)}>{task.title}</dd>
        <dt>Description</dt>
        <dd data-differs={differs(task.description !== other.description)}>{task.description ?? 'None'}</dd>
        <dt>Status</dt>
        <dd data-differs={differs(task.completed !== other.completed)}>{task.completed ? 'Completed' : 'Pending'}</dd>
      </dl>
    </section>
  )
}
