import { Icon } from '../design/icon.tsx'
import { isSort, sorts, type Sort } from './visible_tasks.ts'

interface ToolbarProps {
  readonly search: string
  readonly onSearch: (search: string) => void
  readonly sort: Sort
  readonly onSort: (sort: Sort) => void
}

export function Toolbar({ search, onSearch, sort, onSort }: ToolbarProps) {
  return (
    <div className="toolbar" role="search">
      <div className="search">
        <Icon name="search" />
        <input
          id="search"
          type="search"
          className="search-input"
          value={search}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onSearch('')
          }}
          placeholder="Search"
          aria-label="Search tasks"
          autoComplete="off"
        />
      </div>
      <select
        className="select"
        value={sort}
        onChange={(event) => isSort(event.target.value) && onSort(event.target.value)}
        aria-label="Sort"
      >
        {Object.entries(sorts).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
