import { Icon, Mark, type IconName } from '../design/icon.tsx'
import { useWorkspace } from '../workspace.ts'
import { hrefOf, type Panel, type View } from './route.ts'
import { ThemeChoice } from './theme_choice.tsx'
import { SignOut } from './sign_out.tsx'

export interface Count {
  readonly all: number
  readonly pending: number
  readonly completed: number
}

/** Views, panels and account: on the left of a wide window. On a narrow one only the views show, below the list. */
export function Sidebar({ count, view }: { readonly count: Count; readonly view: View }) {
  return (
    <header className="sidebar">
      <a className="skip" href={hrefOf({ view })} onClick={() => document.getElementById('new-task')?.focus()}>
        Skip to tasks
      </a>
      <p className="brand">
        <Mark /> Taskwire
      </p>
      <Views count={count} view={view} />
      <div className="sidebar-foot">
        <PanelLinks view={view} />
        <Account />
      </div>
    </header>
  )
}

const names: readonly { view: View; name: string; icon: IconName }[] = [
  { view: 'all', name: 'All', icon: 'list' },
  { view: 'pending', name: 'Pending', icon: 'circle' },
  { view: 'completed', name: 'Completed', icon: 'check' },
  { view: 'trash', name: 'Trash', icon: 'trash' },
]

function Views({ count, view }: { readonly count: Count; readonly view: View }) {
  return (
    <nav className="views" aria-label="Views">
      {names.map((item) => (
        <a
          key={item.view}
          className="view-link"
          href={hrefOf({ view: item.view })}
          aria-current={item.view === view ? 'page' : undefined}
        >
          <Icon name={item.icon} />
          <span>{item.name}</span>
          {item.view !== 'trash' && <span className="count">{count[item.view].toLocaleString('en')}</span>}
        </a>
      ))}
    </nav>
  )
}

const panelLinks: readonly { panel: Panel; name: string; icon: IconName }[] = [
  { panel: 'chat', name: 'Assistant', icon: 'chat' },
  { panel: 'keys', name: 'API keys', icon: 'key' },
  { panel: 'help', name: 'Keyboard help', icon: 'help' },
]

/** Links to the panels that open beside or over the tasks. */
export function PanelLinks({ view }: { readonly view: View }) {
  return (
    <nav className="panel-links" aria-label="More">
      {panelLinks.map(({ panel, name, icon }) => (
        <a key={panel} className="view-link" href={hrefOf({ view, panel })}>
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
