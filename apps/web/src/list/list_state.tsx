import { isTaskwireError } from '@taskwire/client'
import { Button } from '../design/button.tsx'
import type { Snapshot } from '../replica/snapshot.ts'
import type { Route } from '../shell/route.ts'
import { useWorkspace } from '../workspace.ts'

interface ListStateProps {
  readonly snapshot: Snapshot
  readonly route: Route
  /** Whether no task is shown below, not even a completed one. */
  readonly isEmpty: boolean
  readonly onClearFilters: () => void
}

/** Shown instead of tasks: loading, failed, or empty and why. */
export function ListState({ snapshot, route, isEmpty, onClearFilters }: ListStateProps) {
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
  const search = route.search?.trim() ?? ''
  if (search !== '' || route.priority !== undefined) {
    // Completed tasks that match are shown below.
    if (!isEmpty) return null
    return (
      <div className="state">
        <p className="state-title">{search === '' ? 'No tasks of this priority' : `No tasks match “${search}”`}</p>
        <Button onClick={onClearFilters}>{search === '' ? 'Show all priorities' : 'Clear search'}</Button>
      </div>
    )
  }
  const [title, text] = emptyText(route, snapshot)
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      <p>{text}</p>
    </div>
  )
}

function emptyText({ view, tag }: Route, { tasks }: Snapshot): readonly [string, string] {
  if (tasks.length === 0) return ['No tasks yet', 'Type a task above and press Enter.']
  switch (view) {
    case 'today':
      return ['All done for today', 'Nothing is due or overdue. Enjoy it, or look at what is coming up.']
    case 'upcoming':
      return ['Nothing is coming up', 'Tasks that are due after today appear here by day.']
    case 'completed':
      return ['No completed tasks yet', 'Tasks that you complete appear here.']
    case 'tag':
      return [`No pending tasks with #${tag ?? ''}`, 'A task added here gets the tag.']
    default:
      return ['All done', 'You have no pending tasks.']
  }
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
