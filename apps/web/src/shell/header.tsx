import { IconButton } from '../design/button.tsx'
import { Mark } from '../design/icon.tsx'
import type { Snapshot } from '@taskwire/offline'
import { useWorkspace } from '../workspace.ts'
import { connectionText } from './connection_text.ts'
import { currentRoute, go, listOf, type Panel } from './route.ts'
import { t } from '../texts/texts.ts'
import { numberText } from '../texts/number_text.ts'

interface HeaderProps {
  readonly snapshot: Snapshot
  readonly title: string
  readonly onCommands: () => void
  /** The number of tasks in the view; undefined if it is not known. */
  readonly count: number | undefined
}

/** The title of the view, the state of the connection, and undo. */
export function Header({ snapshot, title, count, onCommands }: HeaderProps) {
  const { undo } = useWorkspace()
  return (
    <div className="head">
      <span className="head-mark">
        <Mark />
      </span>
      <h1 className="head-title">
        {title} {count !== undefined && <span className="head-count">{numberText(count)}</span>}
      </h1>
      <p className="connection" role="status" data-connection={snapshot.connection}>
        {connectionText(snapshot)}
      </p>
      <span className="head-commands">
        <IconButton icon="command" label={t.palette.open} onClick={onCommands} />
      </span>
      <IconButton icon="undo" label={t.shell.undoKey} onClick={() => void undo()} />
      <span className="head-narrow">
        <IconButton icon="chat" label={t.shell.assistant} onClick={() => open('chat')} />
        <IconButton icon="menu" label={t.shell.menu} onClick={() => open('menu')} />
      </span>
    </div>
  )
}

function open(panel: Panel): void {
  go({ ...listOf(currentRoute()), panel })
}
