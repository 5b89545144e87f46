import { Icon, Mark, type IconName } from '../design/icon.tsx'
import type { ViewCounts } from '../views/counts.ts'
import { useWorkspace } from '../workspace.ts'
import { hrefOf, listOf, type Panel, type Route, type View } from './route.ts'
import { SignOut } from './sign_out.tsx'
import { TagLinks } from './tag_links.tsx'
import { ThemeChoice } from './theme_choice.tsx'

interface SidebarProps {
  readonly counts: ViewCounts
  readonly route: Route
}

/** Views, tags, panels and account: on the left of a wide window. On a narrow one only the views show, below the list. */
export function Sidebar({ counts, route }: SidebarProps) {
  return (
    <header className="sidebar">
      <a className="skip" href={hrefOf(listOf(route))} onClick={() => document.getElementById('new-task')?.focus()}>
        Skip to tasks
      </a>
      <p className="brand">
        <Mark /> Taskwire
      </p>
      <Views counts={counts} view={route.view} />
      <TagLinks counts={counts} route={route} />
      <div className="sidebar-foot">
        <PanelLinks route={route} />
        <Account />
      </div>
    </header>
  )
}

type NamedView = Exclude<View, 'tag'>

const links: readonly { view: NamedView; name: string; icon: IconName }[] = [
  { view: 'today', name: 'Today', icon: 'today' },
  { view: 'upcoming', name: 'Upcoming', icon: 'calendar' },
  { view: 'all', name: 'All', icon: 'list' },
  { view: 'completed', name: 'Completed', icon: 'check' },
  { view: 'trash', name: 'Trash', icon: 'trash' },
]

/** The number beside each view: of its pending tasks, or of the completed ones. */
function countOf(view: NamedView, counts: ViewCounts): number | undefined {
  if (view === 'trash') return undefined
  if (view === 'today') return counts.by_today
  return view === 'all' ? counts.pending : counts[view]
}

function Views({ counts, view }: { readonly counts: ViewCounts; readonly view: View }) {
  return (
    <nav className="views" aria-label="Views">
      {links.map((link) => {
        const count = countOf(link.view, counts)
        return (
          <a
            key={link.view}
            className="view-link"
            href={hrefOf({ view: link.view })}
            aria-current={link.view === view ? 'page' : undefined}
            data-view={link.view}
          >
            <Icon name={link.icon} />
            <span>{link.name}</span>
            {count !== undefined && (
              <span className="count" data-overdue={(link.view === 'today' && counts.overdue > 0) || undefined}>
                {count.toLocaleString()}
              </span>
            )}
          </a>
        )
      })}
    </nav>
  )
}

const panelLinks: readonly { panel: Panel; name: string; icon: IconName }[] = [
  { panel: 'chat', name: 'Assistant', icon: 'chat' },
  { panel: 'keys', name: 'API keys', icon: 'key' },
  { panel: 'settings', name: 'Settings', icon: 'settings' },
  { panel: 'help', name: 'Keyboard help', icon: 'help' },
]

/** Links to the panels that open beside or over the tasks. */
export function PanelLinks({ route }: { readonly route: Route }) {
  return (
    <nav className="panel-links" aria-label="More">
      {panelLinks.map(({ panel, name, icon }) => (
        <a key={panel} className="view-link" href={hrefOf({ ...listOf(route), panel })}>
          <Icon name={icon} />
          <span>{name}</span>
        </a>
      ))}
    </nav>
  )
}

/** The theme, the signed-in user, and signing out. */
export function Account() {
  const { user } = useWorkspace()
  return (
    <div className="account">
      <ThemeChoice />
      <div className="account-line">
        <span className="account-name" title={user.email}>
          {user.email}
        </span>
        <SignOut />
      </div>
    </div>
  )
}
