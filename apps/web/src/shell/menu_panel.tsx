import { useMemo } from 'react'
import { Icon } from '../design/icon.tsx'
import { Sheet } from '../design/sheet.tsx'
import { countTasks } from '../views/counts.ts'
import { useMoment } from '../views/use_moment.ts'
import { useSnapshot } from '../workspace.ts'
import { hrefOf, useRoute } from './route.ts'
import { Account, PanelLinks } from './sidebar.tsx'
import { TagLinks } from './tag_links.tsx'

/** The links and account of the sidebar, for narrow windows. */
export default function MenuPanel({ onClose }: { readonly onClose: () => void }) {
  const { tasks } = useSnapshot()
  const moment = useMoment()
  const route = useRoute()
  const counts = useMemo(() => countTasks(tasks, moment), [tasks, moment])
  return (
    <Sheet title="Menu" side="left" onClose={onClose}>
      <nav className="panel-links" aria-label="More views">
        <a className="view-link" href={hrefOf({ view: 'trash' })}>
          <Icon name="trash" />
          <span>Trash</span>
        </a>
      </nav>
      <TagLinks counts={counts} route={route} />
      <PanelLinks route={route} />
      <Account />
    </Sheet>
  )
}
