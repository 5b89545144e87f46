import { Menu } from '@base-ui/react/menu'
import type { Moment } from '@taskwire/calendar'
import { useRef } from 'react'
import type { Task } from '../client.ts'
import { Icon, type IconName } from '../design/icon.tsx'
import { currentRoute, go, listOf } from '../shell/route.ts'
import { t } from '../texts/texts.ts'
import { planDays, planName, type PlanDay } from './plan.ts'
import type { MoveTarget } from './use_move.ts'
import type { TaskActions } from './use_task_actions.ts'

export interface RowMenuProps {
  readonly task: Task
  /** The row for which it opens. */
  readonly anchor: Element
  /** Whether it only offers days, as after a swipe. */
  readonly isPlan: boolean
  readonly moment: Moment
  readonly canMove: boolean
  readonly actions: TaskActions
  readonly onEdit: (task: Task) => void
  readonly onSelect: (task: Task) => void
  readonly onMove: (task: Task, target: MoveTarget) => void
  readonly onClose: () => void
}

interface Item {
  readonly name: string
  readonly icon?: IconName
  readonly run: () => void
  /** Whether the action puts the focus elsewhere. */
  readonly takesFocus?: boolean
}

interface Section {
  readonly title?: string
  readonly items: readonly Item[]
}

/** Everything that can be done to a task, in a menu: also what else needs a keyboard, a drag or a swipe. */
export default function RowMenu(props: RowMenuProps) {
  const { task, anchor, onClose } = props
  const takesFocus = useRef(false)
  return (
    <Menu.Root open onOpenChange={(open) => !open && onClose()}>
      <Menu.Portal>
        <Menu.Positioner
          className="menu-place"
          anchor={anchor}
          // Placed in the page, an item that is scrolled into view (by a screen reader, say) would scroll the page, for the
          // sake of its sticky header, and move the menu away between the press and the release of a finger.
          positionMethod="fixed"
          side="bottom"
          align="end"
          collisionPadding={8}
        >
          <Menu.Popup
            className="menu"
            aria-label={t.actions.menuOf(task.title)}
            finalFocus={() => (takesFocus.current ? false : buttonOf(anchor))}
          >
            {sectionsOf(props).map(({ title, items }, index) => (
              <Menu.Group key={title ?? index} className="menu-group">
                {title !== undefined && <Menu.GroupLabel className="menu-title">{title}</Menu.GroupLabel>}
                {items.map((item) => (
                  <Menu.Item
                    key={item.name}
                    className="menu-item"
                    onClick={() => {
                      takesFocus.current = item.takesFocus === true
                      // The menu closes first: it must not take the focus from what the action opens.
                      requestAnimationFrame(item.run)
                    }}
                  >
                    {item.icon && <Icon name={item.icon} />}
                    {item.name}
                  </Menu.Item>
                ))}
              </Menu.Group>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function buttonOf(anchor: Element): HTMLElement | false {
  return anchor instanceof HTMLButtonElement ? anchor : (anchor.querySelector<HTMLElement>('.row-title') ?? false)
}

function sectionsOf(props: RowMenuProps): Section[] {
  const plan = planSection(props)
  if (props.isPlan) return [plan]
  const { task, canMove, onMove } = props
  const moves: readonly MoveTarget[] = ['up', 'down', 'first', 'last']
  return [
    { items: mainItems(props) },
    ...(task.completed ? [] : [plan, prioritySection(props)]),
    ...(canMove
      ? [
          {
            title: t.actions.order,
            items: moves.map((to) => ({ name: t.actions.moves[to], run: () => onMove(task, to), takesFocus: true })),
          },
        ]
      : []),
  ]
}

function mainItems({ task, actions, onEdit, onSelect }: RowMenuProps): Item[] {
  const history = () => go({ ...listOf(currentRoute()), panel: 'history', id: task.id })
  return [
    { name: task.completed ? t.actions.reopen : t.actions.complete, icon: 'check', run: () => actions.toggle(task) },
    ...(task.recurrence === null || task.completed
      ? []
      : [{ name: t.actions.skip, icon: 'skip' as const, run: () => actions.skip(task) }]),
    { name: t.actions.edit, icon: 'edit', run: () => onEdit(task), takesFocus: true },
    { name: t.actions.select, icon: 'select', run: () => onSelect(task) },
    ...(task.id > 0 ? [{ name: t.list.history, icon: 'history' as const, run: history, takesFocus: true }] : []),
    { name: t.list.delete, icon: 'trash', run: () => actions.remove(task), takesFocus: true },
  ]
}

function planSection({ task, moment, actions, onEdit }: RowMenuProps): Section {
  const days = planDays(moment.today)
  const names: readonly PlanDay[] = ['today', 'tomorrow', 'week', 'none']
  return {
    title: t.actions.due,
    items: [
      ...names
        .filter((name) => days[name] !== task.due_date)
        .map((name) => ({ name: planName(name), run: () => actions.plan(task, days[name]) })),
      { name: t.actions.anotherDay, run: () => onEdit(task), takesFocus: true },
    ],
  }
}

function prioritySection({ task, actions }: RowMenuProps): Section {
  const levels = ['high', 'medium', 'low', null] as const
  return {
    title: t.actions.priority,
    items: levels
      .filter((level) => level !== task.priority)
      .map((level) => ({ name: t.fields.priority[level ?? 'none'], run: () => actions.prioritise(task, level) })),
  }
}
