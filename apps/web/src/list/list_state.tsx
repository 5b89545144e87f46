import { isTaskwireError } from '@taskwire/client'
import { Button } from '../design/button.tsx'
import type { Snapshot } from '../replica/replica.ts'
import type { View } from '../shell/route.ts'
import { useWorkspace } from '../workspace.ts'

interface ListStateProps {
  readonly snapshot: Snapshot
  readonly view: View
  readonly search: string
  readonly isEmpty: boolean
  readonly onClearSearch: () => void
}

/** What stands where tasks would be: loading, failed, or nothing to show and why. */
export function ListState({ snapshot, view, search, isEmpty, onClearSearch }: ListStateProps) {
  const { replica } = useWorkspace()
  if (snapshot.phase === 'failed') {
    const { failure } = snapshot
    return (
      <div className="state" role="alert">
        <p className="state-title">Your tasks could not be loaded</p>
        <p>{isTaskwireError(failure) ? failure.message : 'Something unforeseen happened'}.</p>
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
        <p className="state-title">Nothing matches “{search.trim()}”</p>
        <Button onClick={onClearSearch}>Clear the search</Button>
      </div>
    )
  }
  const [title, text] = words(view, snapshot.tasks.length)
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      <p>{text}</p>
    </div>
  )
}

function words(view: View, total: number): readonly [string, string] {
  if (total === 0) return ['Nothing here yet', 'Write what there is to do above, and press Enter.']
  if (view === 'pending') return ['All done', 'Nothing is pending.']
  return ['Nothing completed yet', 'Tick a task, and it appears here.']
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
