import { useMemo } from 'react'
import { Icon } from '../design/icon.tsx'
import { Sheet } from '../design/sheet.tsx'
import { countTasks } from '../views/counts.ts'
import { useMoment } from '../views/use_moment.ts'
import { useSnapshot } from '../workspace.ts'
import { hrefOf, useRoute } from './route.ts'
import { Account, PanelLinks } from './sidebar.tsx'
import { TagLinks } from './tag_links.tsx'
import { t } from '../texts/texts.ts'

interface MenuPanelProps {
  readonly onCommands: () => void
  readonly onClose: () => void
}

/** The links and account of the sidebar, for narrow windows. */
export default function MenuPanel({ onCommands, onClose }: MenuPanelProps) {
  const { tasks } = useSnapshot()
  const moment = useMoment()
  const route = useRoute()
  const counts = useMemo(() => countTasks(tasks, moment), [tasks, moment])
  return (
    <Sheet title={t.shell.menu} side="left" onClose={onClose}>
      <button
        type="button"
        className="view-link menu-commands"
        onClick={() => {
          onClose()
          onCommands()
        }}
      >
        <Icon name="command" />
        <span>{t.palette.commands}</span>
      </button>
      <nav className="panel-links" aria-label={t.shell.moreViews}>
        <a className="view-link" href={hrefOf({ view: 'trash' })}>
          <Icon name="trash" />
          <span>{t.shell.view.trash}</span>
        </a>
      </nav>
      <TagLinks counts={counts} route={route} />
      <PanelLinks route={route} />
      <Account />
    </Sheet>
  )
}
