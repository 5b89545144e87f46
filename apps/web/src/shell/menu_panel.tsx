import { Sheet } from '../design/sheet.tsx'
import { Account, PanelLinks } from './sidebar.tsx'
import { routeOf } from './route.ts'

/** The links and account of the sidebar, for narrow windows. */
export default function MenuPanel({ onClose }: { readonly onClose: () => void }) {
  return (
    <Sheet title="Menu" side="left" onClose={onClose}>
      <PanelLinks view={routeOf(location.hash).view} />
      <Account />
    </Sheet>
  )
}
