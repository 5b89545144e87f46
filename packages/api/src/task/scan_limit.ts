import { limits } from '../core/limits.ts'
import type { SortName } from './sorts.ts'

// A page of a search that no index serves ends after some number of tasks, with those that it found, and its cursor goes
// on: docs/decisions/055.

// The index has trigrams of words. Which letters make a word depends on the locale of the database: those of ASCII always
// do, and with the locale of the embedded one no others.
const trigram = /[a-z0-9]{3}/i

/**
 * Whether a search may have to read all of a user's tasks in the order of an index. In the trash, and in orders without an
 * index, a page costs a pass over them anyway; another filter may have an index.
 */
export function isScan({ search, trash, sort, hasFilters }: Search): boolean {
  const hasOrderedIndex = !trash && (sort === 'created_at' || sort === 'title')
  return search !== '' && !trigram.test(search) && hasOrderedIndex && !hasFilters
}

interface Search {
  readonly search: string
  readonly trash: boolean
  readonly sort: SortName
  readonly hasFilters: boolean
}

/** The tasks that one page looks at, and the last of them, from which the next page goes on. */
export function scannedTasks(conditions: readonly string[], order: string, columns: string) {
  const tasks = `SELECT * FROM taskwire.task WHERE ${conditions.join(' AND ')} ORDER BY ${order}`
  return {
    from: `(${tasks} LIMIT ${limits.searchedTasks}) task`,
    last: `(SELECT row_to_json(last) FROM (
      SELECT ${columns} FROM (${tasks} OFFSET ${limits.searchedTasks - 1} LIMIT 1) task) last)`,
  }
}
