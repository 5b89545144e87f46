import { Button } from '../design/button.tsx'
import { errorText } from '../error_text.ts'
import type { Snapshot } from '@taskwire/offline'
import { go, type ListQuery, type Route } from '../shell/route.ts'
import { numberText } from '../texts/number_text.ts'
import { isMatch } from '../views/match.ts'
import { useWorkspace } from '../workspace.ts'
import { t } from '../texts/texts.ts'

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
        <p className="state-title">{t.list.notLoaded}</p>
        <p>{errorText(failure)}</p>
        <Button onClick={() => replica.retry()}>{t.shell.tryAgain}</Button>
      </div>
    )
  }
  if (snapshot.phase === 'loading') {
    return isEmpty ? <Skeleton /> : <p className="state-line">{t.list.loadingMore}</p>
  }
  const search = route.search?.trim() ?? ''
  if (search !== '' || route.priority !== undefined) {
    // Completed tasks that match are shown below.
    if (!isEmpty) return null
    return (
      <div className="state">
        <p className="state-title">{search === '' ? t.list.noneOfPriority : t.list.noMatch(search)}</p>
        <SearchAll snapshot={snapshot} route={route} />
        <Button onClick={onClearFilters}>{search === '' ? t.list.showAllPriorities : t.list.clearSearch}</Button>
      </div>
    )
  }
  const [title, text] = emptyText(route, snapshot)
  const isDone = snapshot.tasks.length > 0 && (route.view === 'today' || route.view === 'all' || route.view === 'tag')
  return (
    <div className="state">
      <EmptyMark isDone={isDone} />
      <p className="state-title">{title}</p>
      <p>{text}</p>
    </div>
  )
}

/** Leads to the tasks that match in other views. Nothing where there are none. */
function SearchAll({ snapshot, route: { search, priority } }: Pick<ListStateProps, 'snapshot' | 'route'>) {
  const query: ListQuery = { view: 'all', ...(search && { search }), ...(priority && { priority }) }
  const found = snapshot.tasks.filter((task) => isMatch(task, query)).length
  if (found === 0) return null
  return (
    <Button look="primary" onClick={() => go(query)}>
      {t.list.showInAll(numberText(found))}
    </Button>
  )
}

/** A tick that is drawn where all is done, else an empty list. */
export function EmptyMark({ isDone }: { readonly isDone: boolean }) {
  return (
    <svg className="state-mark" viewBox="0 0 48 48" data-mark={isDone ? 'done' : 'none'} aria-hidden="true">
      <circle cx="24" cy="24" r="20" />
      <path pathLength="1" d={isDone ? 'm15 24.5 6.5 6.5L34 18' : 'M16 19h16M16 25h16M16 31h9'} />
    </svg>
  )
}

function emptyText({ view, tag }: Route, { tasks }: Snapshot): readonly [string, string] {
  const { empty } = t.list
  if (tasks.length === 0 && view !== 'completed') return [empty.none, empty.noneText]
  switch (view) {
    case 'today':
      return [empty.today, empty.todayText]
    case 'upcoming':
      return [empty.upcoming, empty.upcomingText]
    case 'completed':
      return [empty.completed, empty.completedText]
    case 'tag':
      return [empty.tag(tag ?? ''), empty.tagText]
    default:
      return [empty.all, empty.allText]
  }
}

function Skeleton() {
  return (
    <div className="skeleton" role="status" aria-label={t.list.loadingTasks}>
      {[62, 48, 71, 39, 55].map((width) => (
        <span key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  )
}
