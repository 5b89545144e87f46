import { Toast } from '@base-ui/react/toast'
import { lazy, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { FieldChanges } from '@taskwire/offline'
import { PrintedList } from '../print/printed_list.tsx'
import { QuickAdd } from '../quick_add/quick_add.tsx'
import { useShowTask } from '../list/use_show_task.ts'
import { TaskList } from '../list/task_list.tsx'
import { Toolbar } from '../list/toolbar.tsx'
import { countTasks, type ViewCounts } from '../views/counts.ts'
import { useMoment } from '../views/use_moment.ts'
import { storedWelcome } from '../welcome/welcome_mark.ts'
import { useSnapshot, useWorkspace } from '../workspace.ts'
import { goBackFromClosed } from './back_from_closed.ts'
import { Header } from './header.tsx'
import { LazyPanel } from './lazy_panel.tsx'
import { Sidebar } from './sidebar.tsx'
import { closePanel, go, listOf, namesView, narrow, useRoute, type Panel, type Route } from './route.ts'
import { useShortcuts } from './shortcuts.ts'
import { Toasts } from './toasts.tsx'
import { useAppBadge } from './use_app_badge.ts'
import { useUpdate } from './use_update.ts'
import { useIsNarrow, useIsWide } from './use_is_wide.ts'
import { useSearch } from './use_search.ts'
import { t } from '../texts/texts.ts'

// What is not on the first screen is loaded on demand.
const HistoryPanel = lazy(() => import('../history/history_panel.tsx'))
const ChatPanel = lazy(() => import('../chat/chat_panel.tsx'))
const AccountPanel = lazy(() => import('../account/account_panel.tsx'))
const WebhooksPanel = lazy(() => import('../webhooks/webhooks_panel.tsx'))
const KeysPanel = lazy(() => import('../keys/keys_panel.tsx'))
const SettingsPanel = lazy(() => import('../settings/settings_panel.tsx'))
const HelpPanel = lazy(() => import('./help_panel.tsx'))
const MenuPanel = lazy(() => import('./menu_panel.tsx'))
const ConflictPanel = lazy(() => import('../list/conflict_panel.tsx'))
const Palette = lazy(() => import('../palette/palette.tsx'))
const Welcome = lazy(() => import('../welcome/welcome.tsx'))
const TrashList = lazy(() => import('../list/trash_list.tsx'))

function titleOf({ view, tag }: Route): string {
  return view === 'tag' ? `#${tag ?? ''}` : t.shell.title[view]
}

/** What a task has that is added in a view, so that the view shows it. */
function defaultsOf({ view, tag, priority }: Route, today: string): FieldChanges {
  return {
    ...(view === 'today' && { due_date: today }),
    ...(tag !== undefined && { tags: [tag] }),
    ...(priority !== undefined && priority !== 'none' && { priority }),
  }
}

/** The number of tasks in the view; undefined where it is not known. */
function countOf({ view, tag }: Route, counts: ViewCounts): number | undefined {
  if (view === 'trash') return undefined
  if (view === 'tag') return counts.tags.find((used) => used.tag === tag)?.pending ?? 0
  if (view === 'today') return counts.by_today
  return view === 'all' ? counts.pending : counts[view]
}

/** The screen of a signed-in user. */
export function Shell() {
  const { dispatch, toasts, replica, user } = useWorkspace()
  const [isNew] = useState(() => storedWelcome(user.id) !== undefined)
  const snapshot = useSnapshot()
  const route = useRoute()
  const isWide = useIsWide()
  const isNarrow = useIsNarrow()
  const [postponed, setPostponed] = useState<string>()
  const { search, setSearch } = useSearch(route)
  const query = { ...listOf(route), search }
  const [pane, setPane] = useState<HTMLElement | null>(null)
  const moment = useMoment()
  const announceHidden = useShowTask(query, moment)
  const counts = useMemo(() => countTasks(snapshot.tasks, moment), [snapshot.tasks, moment])
  const conflict = snapshot.waiting.find((write) => write.conflict !== undefined && write.key !== postponed)
  // A link from the docked assistant to a task leaves the assistant open.
  const chat = useRef<Route>(undefined)
  if (route.panel !== 'task') chat.current = isWide && route.panel === 'chat' ? route : undefined
  const { panel, id } = route.panel === 'task' ? { panel: chat.current?.panel, id: chat.current?.id } : route
  useAppBadge(counts.by_today)
  useUpdate()
  const [palette, setPalette] = useState<OpenPalette>()
  const openPalette = useCallback(() => setPalette({ row: focusedRow() }), [])
  useShortcuts(openPalette)

  useEffect(() => {
    document.title = `${titleOf(route)} · Taskwire`
  }, [route.view, route.tag])

  // An address that names no view becomes that of the view that is shown.
  useEffect(() => {
    if (!namesView(location.hash)) go(route, 'replace')
  })

  useEffect(goBackFromClosed, [])

  // The docked assistant needs the whole height: a task is open in the list then.
  const hasSide = isWide && panel !== 'chat'
  const openPanel = (
    <LazyPanel key={panel} onFailed={closePanel}>
      <OpenPanel panel={panel === 'task' ? undefined : panel} id={id} isWide={isWide} onCommands={openPalette} />
    </LazyPanel>
  )

  const sidebar = <Sidebar key="sidebar" counts={counts} route={route} />
  const main = (
    <main key="main" className="main">
      <div className="top">
        <Header onCommands={openPalette} snapshot={snapshot} title={titleOf(route)} count={countOf(route, counts)} />
        {route.view !== 'trash' && (
          <>
            <QuickAdd
              moment={moment}
              defaults={defaultsOf(route, moment.today)}
              onAdd={(fields) => announceHidden(dispatch(null, { kind: 'create', fields }).task_id, 'added')}
            />
            <Toolbar query={query} onSearch={setSearch} onChange={narrow} />
          </>
        )}
      </div>
      {isNew && route.view !== 'trash' && (
        <LazyPanel>
          <Welcome />
        </LazyPanel>
      )}
      {route.view === 'trash' ? (
        <LazyPanel key="trash" fallback={<p className="state-line">{t.list.trashNotLoaded}.</p>}>
          <TrashList />
        </LazyPanel>
      ) : (
        <TaskList
          snapshot={snapshot}
          route={{ ...route, search }}
          pane={hasSide ? pane : null}
          onClearFilters={() => {
            setSearch('')
            narrow({ priority: undefined, search: undefined })
          }}
          onResolve={() => setPostponed(undefined)}
          onRevealed={() => go(chat.current ?? listOf(route), 'replace')}
        />
      )}
    </main>
  )

  return (
    <Toast.Provider toastManager={toasts} timeout={8000} limit={3}>
      <div className="shell" data-chat={isWide && panel === 'chat' ? '' : undefined}>
        {/* Tab leads from above to below. */}
        {isNarrow ? [main, sidebar] : [sidebar, main]}
        <div className="side" hidden={!hasSide}>
          <div ref={setPane} />
          {hasSide && panel === 'history' && openPanel}
        </div>
        {!(hasSide && panel === 'history') && openPanel}
        {conflict && (
          <LazyPanel key={conflict.key} onFailed={() => setPostponed(conflict.key)}>
            <ConflictPanel
              write={conflict}
              onPostpone={() => setPostponed(conflict.key)}
              onResolve={(choice) => replica.resolveConflict(conflict, choice)}
            />
          </LazyPanel>
        )}
        {route.view !== 'trash' && <PrintedList snapshot={snapshot} title={titleOf(route)} query={query} />}
        {palette && (
          <LazyPanel onFailed={() => setPalette(undefined)}>
            <Palette row={palette.row} onClose={() => setPalette(undefined)} />
          </LazyPanel>
        )}
        <Toasts panel={panel === 'task' ? undefined : panel} />
      </div>
    </Toast.Provider>
  )
}

interface OpenPalette {
  readonly row: number | undefined
}

/** The key of the row that has the focus. */
function focusedRow(): number | undefined {
  const key = document.activeElement?.closest<HTMLElement>('.item[data-key]')?.dataset['key']
  return key === undefined ? undefined : Number(key)
}

interface OpenPanelProps {
  readonly panel: Panel | undefined
  readonly id: number | undefined
  readonly isWide: boolean
  readonly onCommands: () => void
}

function OpenPanel({ panel, id, isWide, onCommands }: OpenPanelProps) {
  if (panel === 'history' && id !== undefined)
    return <HistoryPanel key={id} task_id={id} isDocked={isWide} onClose={closePanel} />
  if (panel === 'chat') return <ChatPanel conversation_id={id} isDocked={isWide} onClose={closePanel} />
  if (panel === 'account') return <AccountPanel onClose={closePanel} />
  if (panel === 'webhooks') return <WebhooksPanel onClose={closePanel} />
  if (panel === 'keys') return <KeysPanel onClose={closePanel} />
  if (panel === 'settings') return <SettingsPanel onClose={closePanel} />
  if (panel === 'help') return <HelpPanel onClose={closePanel} />
  if (panel === 'menu') return <MenuPanel onCommands={onCommands} onClose={closePanel} />
  return null
}
