import { Sheet } from '../design/sheet.tsx'
import { keyName } from './key_name.ts'
import { prefer, singleKeys, usePreference } from './preference.ts'
import { t, type Texts } from '../texts/texts.ts'

type KeyName = Exclude<keyof Texts['shell']['keys'], 'single'>

const groups: readonly { title: KeyName; keys: readonly (readonly [string, KeyName])[] }[] = [
  {
    title: 'anywhere',
    keys: [
      ['n', 'newTask'],
      ['/', 'search'],
      ['1 2 3 4 5', 'views'],
      ['c', 'assistant'],
      ['ctrl Z', 'undo'],
      ['ctrl shift Z', 'redo'],
      ['ctrl K', 'palette'],
      ['F6', 'messages'],
      ['?', 'help'],
    ],
  },
  {
    title: 'inList',
    keys: [
      ['↑ ↓', 'move'],
      ['home end', 'ends'],
      ['space', 'complete'],
      ['enter', 'edit'],
      ['delete', 'trash'],
      ['s', 'select'],
      ['shift ↓', 'extend'],
      ['ctrl A', 'selectAll'],
      ['alt ↓', 'reorder'],
      ['m', 'menu'],
      ['h', 'history'],
    ],
  },
  {
    title: 'editing',
    keys: [
      ['enter', 'save'],
      ['esc', 'cancel'],
    ],
  },
]

export default function HelpPanel({ onClose }: { readonly onClose: () => void }) {
  const single = usePreference(singleKeys)
  return (
    <Sheet title={t.shell.help} onClose={onClose}>
      <div className="help">
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="help-title">{t.shell.keys[title]}</h3>
            <dl className="help-keys">
              {keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((name) => (
                      <kbd key={name}>{keyName(name)}</kbd>
                    ))}
                  </dt>
                  <dd>{t.shell.keys[meaning]}</dd>
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
        <span>{t.shell.keys.single}</span>
      </label>
    </Sheet>
  )
}
