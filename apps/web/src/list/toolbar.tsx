import { useRef } from 'react'
import { IconButton } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import { priorities, type ListQuery } from '../shell/route.ts'
import { sortOf, sorts } from '../views/sorts.ts'
import { t } from '../texts/texts.ts'

interface ToolbarProps {
  readonly query: ListQuery
  readonly onSearch: (search: string) => void
  readonly onChange: (change: Partial<ListQuery>) => void
}

/** Search, priority filter and sorting of the list. */
export function Toolbar({ query, onSearch, onChange }: ToolbarProps) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <div className="toolbar" role="search">
      <div className="search">
        <Icon name="search" />
        <input
          id="search"
          ref={field}
          type="search"
          className="search-input"
          value={query.search ?? ''}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onSearch('')
          }}
          placeholder={t.list.search}
          aria-label={t.list.searchTasks}
          autoComplete="off"
        />
        {query.search && (
          <IconButton
            icon="close"
            label={t.list.endSearch}
            onClick={() => {
              onSearch('')
              field.current?.focus()
            }}
          />
        )}
      </div>
      <select
        className="select"
        value={query.priority ?? ''}
        data-active={query.priority !== undefined || undefined}
        onChange={({ target: { value } }) => onChange({ priority: priorities.find((known) => known === value) })}
        aria-label={t.list.filterPriority}
      >
        <option value="">{t.list.anyPriority}</option>
        {priorities.map((priority) => (
          <option key={priority} value={priority}>
            {t.fields.priorityLabel[priority]}
          </option>
        ))}
      </select>
      <select
        className="select"
        value={sortOf(query.view, query.sort)}
        onChange={({ target: { value } }) =>
          onChange({ sort: value === sortOf(query.view, undefined) ? undefined : value })
        }
        aria-label={t.list.sort}
      >
        {sorts.map((value) => (
          <option key={value} value={value}>
            {t.list.sorts[value]}
          </option>
        ))}
      </select>
    </div>
  )
}
