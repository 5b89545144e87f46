import { IconButton } from '../design/button.tsx'
import { Mark } from '../design/icon.tsx'
import type { Snapshot } from '../replica/replica.ts'
import { useWorkspace } from '../workspace.ts'
import { standing } from './connection_text.ts'
import { go, routeOf, type Panel } from './route.ts'

interface HeaderProps {
  readonly snapshot: Snapshot
  readonly title: string
  /** How many there are, where that is known. */
  readonly count: number | undefined
}

/** What is shown, and how things stand with the server. */
export function Header({ snapshot, title, count }: HeaderProps) {
  const { undo } = useWorkspace()
  return (
    <div className="head">
      <span className="head-mark">
        <Mark />
      </span>
      <h1 className="head-title">
        {title} {count !== undefined && <span className="head-count">{count.toLocaleString('en')}</span>}
      </h1>
      <p className="standing" role="status" data-connection={snapshot.connection}>
        {standing(snapshot)}
      </p>
      <IconButton icon="undo" label="Undo (Ctrl+Z)" onClick={() => void undo()} />
      <span className="head-narrow">
        <IconButton icon="chat" label="Assistant" onClick={() => open('chat')} />
        <IconButton icon="menu" label="Menu" onClick={() => open('menu')} />
      </span>
    </div>
  )
}

function open(panel: Panel): void {
  go({ view: routeOf(location.hash).view, panel })
}
