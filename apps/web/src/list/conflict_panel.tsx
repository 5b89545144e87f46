import { Button } from '../design/button.tsx'
import { Sheet } from '../design/sheet.tsx'
import { fieldLabel, fieldText, shownFields } from '../fields/field_labels.ts'
import { isSameValue, overrideWithEdit, applyWrite, type FieldValues, type PendingWrite } from '@taskwire/offline'
import { t } from '../texts/texts.ts'

interface ConflictPanelProps {
  readonly write: PendingWrite
  readonly onPostpone: () => void
  readonly onResolve: (choice: 'mine' | 'theirs') => void
}

/** Shows how the two versions of a task differ whose changes contradict each other, and lets the user choose. */
export default function ConflictPanel({ write, onPostpone, onResolve }: ConflictPanelProps) {
  const { conflict: theirs, base } = write
  if (theirs === undefined) return null
  const mine = applyWrite(theirs, overrideWithEdit(write, theirs)) ?? theirs
  const differing = differingFields(mine, theirs)
  return (
    <Sheet title={t.editor.conflict.title} onClose={onPostpone}>
      <p className="quiet">{t.editor.conflict.text(base?.title ?? theirs.title)}</p>
      <div className="versions">
        <Version title={t.editor.conflict.mine} task={mine} fields={differing} />
        <Version title={t.editor.conflict.theirs} task={theirs} fields={differing} />
      </div>
      {differing.length < shownFields.length && <p className="quiet">{t.editor.conflict.rest}</p>}
      <div className="sheet-actions">
        <Button onClick={onPostpone}>{t.editor.conflict.later}</Button>
        <Button onClick={() => onResolve('theirs')}>{t.editor.conflict.keepTheirs}</Button>
        <Button look="primary" onClick={() => onResolve('mine')}>
          {t.editor.conflict.keepMine}
        </Button>
      </div>
    </Sheet>
  )
}

function differingFields(mine: FieldValues, theirs: FieldValues): readonly string[] {
  return shownFields.filter((name) => !isSameValue(mine[name], theirs[name]))
}

interface VersionProps {
  readonly title: string
  readonly task: FieldValues
  readonly fields: readonly string[]
}

function Version({ title, task, fields }: VersionProps) {
  return (
    <section className="version">
      <h3 className="version-title">{title}</h3>
      <dl>
        {fields.map((name) => (
          <div key={name}>
            <dt>{fieldLabel(name)}</dt>
            <dd data-differs="">{fieldText(name, task[name])}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
