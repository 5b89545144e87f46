import { isTaskwireError } from '@taskwire/client'
import { Button } from '../design/button.tsx'
import type { Snapshot } from '../replica/snapshot.ts'
import type { View } from '../shell/route.ts'
import { useWorkspace } from '../workspace.ts'

interface ListStateProps {
  readonly snapshot: Snapshot
  readonly view: View
  readonly search: string
  readonly isEmpty: boolean
  readonly onClearSearch: () => void
}

/** Shown instead of tasks: loading, failed, or empty and why. */
export function ListState({ snapshot, view, search, isEmpty, onClearSearch }: ListStateProps) {
  const { replica } = useWorkspace()
  if (snapshot.phase === 'failed') {
    const { failure } = snapshot
    return (
      <div className="state" role="alert">
        <p className="state-title">Your tasks could not be loaded</p>
        <p>{isTaskwireError(failure) ? failure.message : 'Something went wrong'}.</p>
        <Button onClick={() => replica.retry()}>Try again</Button>
      </div>
    )
  }
  if (snapshot.phase === 'loading') {
    return isEmpty ? <Skeleton /> : <p className="state-line">Loading more…</p>
  }
  if (search.trim() !== '') {
    return (
      <div className="state">
        <p className="state-title">No tasks match “{search.trim()}”</p>
        <Button onClick={onClearSearch}>Clear search</Button>
      </div>
    )
  }
  const [title, text] = emptyText(view, snapshot.tasks.length)
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      <p>{text}</p>
    </div>
  )
}

function emptyText(view: View, total: number): readonly [string, string] {
  if (total === 0) return ['No tasks yet', 'Type a task above and press Enter.']
  if (view === 'pending') return ['All done', 'You have no pending tasks.']
  return ['No completed tasks yet', 'Tasks that you complete appear here.']
}

function Skeleton() {
  return (
    <div className="skeleton" role="status" aria-label="Loading your tasks">
      {[62, 48, 71, 39, 55].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}
