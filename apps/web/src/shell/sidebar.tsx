import { Icon, Mark, type IconName } from '../design/icon.tsx'
import type { ViewCounts } from '../views/counts.ts'
import { useUser } from '../workspace.ts'
import { currentRoute, hrefOf, listOf, type Route, type View } from './route.ts'
import { SignOut } from './sign_out.tsx'
import { TagLinks } from './tag_links.tsx'
import { ThemeChoice } from './theme_choice.tsx'
import { t } from '../texts/texts.ts'
import { numberText } from '../texts/number_text.ts'

interface SidebarProps {
  readonly counts: ViewCounts
  readonly route: Route
}

/** Views, tags, panels and account: on the left of a wide window. On a narrow one only the views show, below the list. */
export function Sidebar({ counts, route }: SidebarProps) {
  return (
    <header className="sidebar">
      <a className="skip" href={hrefOf(listOf(route))} onClick={() => document.getElementById('new-task')?.focus()}>
        {t.shell.skip}
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

const links: readonly { view: NamedView; icon: IconName }[] = [
  { view: 'today', icon: 'today' },
  { view: 'upcoming', icon: 'calendar' },
  { view: 'all', icon: 'list' },
  { view: 'completed', icon: 'check' },
  { view: 'trash', icon: 'trash' },
]

/** The number beside each view: of its pending tasks, or of the completed ones. */
function countOf(view: NamedView, counts: ViewCounts): number | undefined {
  if (view === 'trash') return undefined
  if (view === 'today') return counts.by_today
  return view === 'all' ? counts.pending : counts[view]
}

function Views({ counts, view }: { readonly counts: ViewCounts; readonly view: View }) {
  return (
    <nav className="views" aria-label={t.shell.views}>
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
            <span>{t.shell.view[link.view]}</span>
            {count !== undefined && (
              <span
                className="count"
                data-none={count === 0 || undefined}
                data-overdue={(link.view === 'today' && counts.overdue > 0) || undefined}
              >
                {numberText(count)}
              </span>
            )}
          </a>
        )
      })}
    </nav>
  )
}

const panelLinks = [
  { panel: 'chat', name: 'assistant', icon: 'chat' },
  { panel: 'keys', name: 'apiKeys', icon: 'key' },
  { panel: 'webhooks', name: 'webhooks', icon: 'send' },
  { panel: 'settings', name: 'settings', icon: 'settings' },
  { panel: 'help', name: 'help', icon: 'help' },
] as const

/** Links to the panels that open beside or over the tasks. */
export function PanelLinks({ route }: { readonly route: Route }) {
  return (
    <nav className="panel-links" aria-label={t.shell.more}>
      {panelLinks.map(({ panel, name, icon }) => (
        <a key={panel} className="view-link" href={hrefOf({ ...listOf(route), panel })}>
          <Icon name={icon} />
          <span>{t.shell[name]}</span>
        </a>
      ))}
    </nav>
  )
}

/** The theme, the signed-in user, and signing out. */
export function Account() {
  const user = useUser()
  return (
    <div className="account">
      <ThemeChoice />
      <div className="account-line">
        <a
          className="account-link"
          href={hrefOf({ ...listOf(currentRoute()), panel: 'account' })}
          aria-label={t.shell.accountOf(user.email)}
          title={user.email}
        >
          <span className="account-word">{t.account.title}</span> {user.email}
        </a>
        <SignOut />
      </div>
    </div>
  )
}
