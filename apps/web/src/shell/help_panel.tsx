import { Sheet } from '../design/sheet.tsx'
import { prefer, singleKeys, usePreference } from './preference.ts'

const groups: readonly { title: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'Anywhere',
    keys: [
      ['n', 'New task'],
      ['/', 'Search'],
      ['1 2 3 4 5', 'Today, upcoming, all, completed, trash'],
      ['c', 'Open the assistant'],
      ['Ctrl Z', 'Undo (⌘ Z on a Mac)'],
      ['Ctrl Shift Z', 'Redo'],
      ['F6', 'Go to messages'],
      ['?', 'Keyboard help'],
    ],
  },
  {
    title: 'In the list',
    keys: [
      ['↑ ↓', 'Move between tasks (also j and k)'],
      ['Home End', 'First, last task'],
      ['Space', 'Complete or reopen, on the checkbox (x anywhere in the row)'],
      ['Enter', 'Edit, on the title (e anywhere in the row)'],
      ['Delete', 'Move to the trash'],
      ['s', 'Select (also Ctrl and a click)'],
      ['Shift ↓', 'Extend the selection (also Shift and a click)'],
      ['Ctrl A', 'Select all'],
      ['h', 'History'],
    ],
  },
  {
    title: 'While editing',
    keys: [
      ['Enter', 'Save (Ctrl Enter in the description)'],
      ['Esc', 'Cancel'],
    ],
  },
]

export default function HelpPanel({ onClose }: { readonly onClose: () => void }) {
  const single = usePreference(singleKeys)
  return (
    <Sheet title="Keyboard help" onClose={onClose}>
      <div className="help">
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="help-title">{title}</h3>
            <dl className="help-keys">
              {keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((name) => (
                      <kbd key={name}>{name}</kbd>
                    ))}
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="choice">
        <input
          type="checkbox"
          className="box"
          checked={single === 'on'}
          onChange={(event) => prefer(singleKeys, event.target.checked ? 'on' : 'off')}
        />
        <span>Enable single-key shortcuts</span>
      </label>
    </Sheet>
  )
}
