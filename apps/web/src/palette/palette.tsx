import { Dialog } from '@base-ui/react/dialog'
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { Icon } from '../design/icon.tsx'
import { useTaskActions } from '../list/use_task_actions.ts'
import { keyName } from '../shell/key_name.ts'
import { useRoute } from '../shell/route.ts'
import { t } from '../texts/texts.ts'
import { useMoment } from '../views/use_moment.ts'
import { useSnapshot, useWorkspace } from '../workspace.ts'
import { commandsFor, type Command } from './commands.ts'

interface PaletteProps {
  /** The key of the row that had the focus. */
  readonly row: number | undefined
  readonly onClose: () => void
}

/** Every action of the app by its name: type a part of it, choose by arrows, run by Enter. */
export default function Palette({ row, onClose }: PaletteProps) {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const commands = useCommands(query, row)
  const keepsFocus = useRef(true)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  const current = Math.min(chosen, commands.length - 1)
  useEffect(() => document.getElementById(`${id}-${current}`)?.scrollIntoView({ block: 'nearest' }), [id, current])

  function run(command: Command | undefined): void {
    if (command === undefined) return
    keepsFocus.current = command.keepsFocus === true
    onClose()
    // The dialog closes first: it must not take the focus from what the command opens.
    requestAnimationFrame(command.run)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return
    const last = commands.length - 1
    const next = { ArrowDown: current === last ? 0 : current + 1, ArrowUp: current === 0 ? last : current - 1 }[
      event.key
    ]
    if (next !== undefined) setChosen(next)
    else if (event.key === 'Enter') run(commands[current])
    else return
    event.preventDefault()
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup
          className="sheet palette"
          initialFocus={field}
          finalFocus={() => keepsFocus.current}
          aria-label={t.palette.commands}
        >
          <div className="palette-line">
            <Icon name="search" />
            <input
              ref={field}
              className="palette-input"
              role="combobox"
              aria-expanded="true"
              aria-controls={`${id}-list`}
              aria-activedescendant={commands.length === 0 ? undefined : `${id}-${current}`}
              aria-autocomplete="list"
              aria-label={t.palette.find}
              placeholder={t.palette.find}
              autoComplete="off"
              value={query}
              onChange={({ target }) => {
                setQuery(target.value)
                setChosen(0)
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <div className="palette-list" role="listbox" id={`${id}-list`} aria-label={t.palette.commands}>
            {groupsOf(commands).map(({ name, members }) => (
              <div key={name} role="group" aria-label={name}>
                <p className="menu-title" aria-hidden="true" dir="auto">
                  {name}
                </p>
                {members.map(({ command, index }) => (
                  // The field has the focus and the keys; a pointer clicks here.
                  <div
                    key={command.key}
                    id={`${id}-${index}`}
                    role="option"
                    className="option"
                    aria-selected={index === current}
                    data-highlighted={index === current || undefined}
                    onPointerMove={() => setChosen(index)}
                    onClick={() => run(command)}
                  >
                    {command.icon === undefined ? <span className="icon" /> : <Icon name={command.icon} />}
                    <span className="option-name" dir="auto">
                      {command.name}
                    </span>
                    {command.shortcut !== undefined && <Shortcut keys={command.shortcut} />}
                  </div>
                ))}
              </div>
            ))}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Shortcut({ keys }: { readonly keys: string }) {
  return (
    <span className="option-keys" aria-hidden="true">
      {keys.split(' ').map((key) => (
        <kbd key={key}>{keyName(key)}</kbd>
      ))}
    </span>
  )
}

interface CommandGroup {
  readonly name: string
  readonly members: { readonly command: Command; readonly index: number }[]
}

/** Neighbours of one group together. The index counts the commands from the top. */
function groupsOf(commands: readonly Command[]): CommandGroup[] {
  const groups: CommandGroup[] = []
  for (const [index, command] of commands.entries()) {
    const last = groups.at(-1)
    if (last?.name === command.group) last.members.push({ command, index })
    else groups.push({ name: command.group, members: [{ command, index }] })
  }
  return groups
}

function useCommands(query: string, row: number | undefined): Command[] {
  const workspace = useWorkspace()
  const { tasks } = useSnapshot()
  const actions = useTaskActions()
  const moment = useMoment()
  const route = useRoute()
  return useMemo(() => {
    const task = row === undefined ? undefined : tasks.find(({ id }) => workspace.replica.rowKey(id) === row)
    const tags = [...new Set(tasks.flatMap((each) => each.tags))]
    return commandsFor(query, { workspace, actions, route, moment, tasks, task, tags })
  }, [query, row, tasks, workspace, actions, moment, route.view, route.tag])
}
