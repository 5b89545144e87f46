import { Icon } from '../design/icon.tsx'
import type { TaskGroup } from '../views/group_tasks.ts'
import { numberText } from '../texts/number_text.ts'

interface GroupHeadingProps {
  readonly group: TaskGroup
  readonly isUnfolded: boolean
  readonly onFold: () => void
}

/** The heading of a group with the number of its tasks. That of completed tasks unfolds them. */
export function GroupHeading({ group: { key, title, tasks, isFolded }, isUnfolded, onFold }: GroupHeadingProps) {
  const count = <span className="group-count">{numberText(tasks.length)}</span>
  return (
    <h2 className="group-title" data-group={key}>
      {isFolded === true ? (
        <button type="button" className="group-fold" aria-expanded={isUnfolded} onClick={onFold}>
          <Icon name="chevron" />
          {title} {count}
        </button>
      ) : (
        <>
          {title} {count}
        </>
      )}
    </h2>
  )
}
