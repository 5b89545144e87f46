import { Icon } from '../design/icon.tsx'
import type { Chip } from './chips.ts'
import { t } from '../texts/texts.ts'

interface QuickAddChipsProps {
  readonly id: string
  readonly chips: readonly Chip[]
  /** The user wants the part to stay text, or the task to be without what the view gives it. */
  readonly onRefuse: (chip: Chip) => void
}

/** What was understood of a new task. Each chip is a button that takes it back. */
export function QuickAddChips({ id, chips, onRefuse }: QuickAddChipsProps) {
  return (
    <>
      <p className="hidden" id={id} role="status">
        {chips.length > 0 && t.quickAdd.understoodParts(chips.map(({ label }) => label).join(', '))}
      </p>
      {chips.length > 0 && (
        <ul className="chips" aria-label={t.quickAdd.understood}>
          {chips.map((chip) => (
            <li key={chip.key}>
              <button
                type="button"
                className="chip"
                onClick={() => onRefuse(chip)}
                aria-label={
                  chip.span ? t.quickAdd.keepPart(chip.label, chip.span.text) : t.quickAdd.without(chip.label)
                }
                title={chip.span ? t.quickAdd.keep(chip.span.text) : t.quickAdd.without(chip.label)}
              >
                {chip.icon && <Icon name={chip.icon} />}
                <span>{chip.label}</span>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
