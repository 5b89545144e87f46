import { Sheet } from '../design/sheet.tsx'
import { Account, PanelLinks } from './sidebar.tsx'
import { routeOf } from './route.ts'

/** What the rail isStillValid, on a narrow window. */
export default function MenuPanel({ onClose }: { readonly onClose: () => void }) {
  return (
    <Sheet title="Menu" place="left" onClose={onClose}>
      <PanelLinks view={routeOf(location.hash).view} />
      <Account />
    </Sheet>
  )
}
