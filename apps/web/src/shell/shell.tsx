import { Toast } from '@base-ui/react/toast'
import { lazy, useEffect, useMemo, useRef, useState } from 'react'
import { AddTask } from '../list/add_task.tsx'
import { TaskList } from '../list/task_list.tsx'
import { Toolbar } from '../list/toolbar.tsx'
import { counts, type Sort } from '../list/visible_tasks.ts'
import { useSnapshot, useWorkspace } from '../workspace.ts'
import { Header } from './header.tsx'
import { LazyPanel } from './lazy_panel.tsx'
import { Sidebar } from './sidebar.tsx'
import { closePanel, go, useRoute, type Panel, type Route } from './route.ts'
import { useShortcuts } from './shortcuts.ts'
import { Toasts } from './toasts.tsx'
import { useIsWide } from './use_is_wide.ts'

// What is not on the first screen is loaded on demand.
const HistoryPanel = lazy(() => import('../history/history_panel.tsx'))
const ChatPanel = lazy(() => import('../chat/chat_panel.tsx'))
const KeysPanel = lazy(() => import('../keys/keys_panel.tsx'))
const HelpPanel = lazy(() => import('./help_panel.tsx'))
const MenuPanel = lazy(() => import('./menu_panel.tsx'))
const ConflictPanel = lazy(() => import('../list/conflict_panel.tsx'))
const TrashList = lazy(() => import('../list/trash_list.tsx'))

const titles = { all: 'All tasks', pending: 'Pending', completed: 'Completed', trash: 'Trash' } as const

/** The screen of a signed-in user. */
export function Shell() {
  const { toasts, replica } = useWorkspace()
  const snapshot = useSnapshot()
  const route = useRoute()
  const isWide = useIsWide()
  const [search, setSearch] = useState('')
  const [sort, setSort] = useState<Sort>('newest')
  const [postponed, setPostponed] = useState<string>()
  const count = useMemo(() => counts(snapshot.tasks), [snapshot.tasks])
  const conflict = snapshot.waiting.find((write) => write.conflict !== undefined && write.key !== postponed)
  // A link from the docked assistant to a task leaves the assistant open.
  const chat = useRef<Route>(undefined)
  if (route.panel !== 'task') chat.current = isWide && route.panel === 'chat' ? route : undefined
  const { panel, id } = route.panel === 'task' ? { panel: chat.current?.panel, id: chat.current?.id } : route
  useShortcuts()

  useEffect(() => {
    document.title = `${titles[route.view]} · Taskwire`
  }, [route.view])

  // Messages must not cover a panel that opens; Ctrl+Z still undoes.
  useEffect(() => {
    if (panel !== undefined && panel !== 'task') toasts.close()
  }, [panel, toasts])

  // A search must not hide the task that a link leads to.
  useEffect(() => {
    if (route.panel === 'task') setSearch('')
  }, [route])

  return (
    <Toast.Provider toastManager={toasts} timeout={8000} limit={3}>
      <div className="shell" data-chat={isWide && panel === 'chat' ? '' : undefined}>
        <Sidebar count={count} view={route.view} />
        <main className="main">
          <div className="top">
            <Header
              snapshot={snapshot}
              title={titles[route.view]}
              count={route.view === 'trash' ? undefined : count[route.view]}
            />
            {route.view !== 'trash' && (
              <>
                <AddTask />
                <Toolbar search={search} onSearch={setSearch} sort={sort} onSort={setSort} />
              </>
            )}
          </div>
          {route.view === 'trash' ? (
            <LazyPanel key="trash" fallback={<p className="state-line">The trash could not be loaded.</p>}>
              <TrashList />
            </LazyPanel>
          ) : (
            <TaskList
              snapshot={snapshot}
              route={route}
              search={search}
              sort={sort}
              onClearSearch={() => setSearch('')}
              onResolve={() => setPostponed(undefined)}
              onRevealed={() => go(chat.current ?? { view: route.view }, 'replace')}
            />
          )}
        </main>
        <LazyPanel key={panel} onFailed={closePanel}>
          <OpenPanel panel={panel === 'task' ? undefined : panel} id={id} isWide={isWide} />
        </LazyPanel>
        {conflict && (
          <LazyPanel key={conflict.key} onFailed={() => setPostponed(conflict.key)}>
            <ConflictPanel
              write={conflict}
              onPostpone={() => setPostponed(conflict.key)}
              onResolve={(choice) => replica.resolveConflict(conflict, choice)}
            />
          </LazyPanel>
        )}
        <Toasts />
      </div>
    </Toast.Provider>
  )
}

interface OpenPanelProps {
  readonly panel: Panel | undefined
  readonly id: number | undefined
  readonly isWide: boolean
}

function OpenPanel({ panel, id, isWide }: OpenPanelProps) {
  if (panel === 'history' && id !== undefined) return <HistoryPanel task_id={id} onClose={closePanel} />
  if (panel === 'chat') return <ChatPanel conversation_id={id} isDocked={isWide} onClose={closePanel} />
  if (panel === 'keys') return <KeysPanel onClose={closePanel} />
  if (panel === 'help') return <HelpPanel onClose={closePanel} />
  if (panel === 'menu') return <MenuPanel onClose={closePanel} />
  return null
}
