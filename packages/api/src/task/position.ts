import { INT32_MAX } from '@taskwire/db'

// The place of a task in its user's manual order: text that is compared as bytes. A task that was never moved has none
// stored. Its place follows from its id, newest first, so that creating a task needs no neighbour and no index.
// A task that was moved has digits that lie between those of its neighbours, and its id, so that no two tasks ever have
// the same place: not after two concurrent moves into one gap, nor after an undo. See docs/decisions/022.

/** The place of a task that was never moved, as SQL. `positionOf` is the same. */
export const positionSql = `coalesce(position, 'a' || lpad(to_hex(${INT32_MAX} - id), 8, '0'))`

/** The place of a task that was never moved. */
export function positionOf(id: number): string {
  return `a${hex(INT32_MAX - id, 8)}`
}

/** Digits behind every place that follows from an id. */
const END = 'b'
/** So many digits count the tasks that were moved to the first or the last place: they stay short without limit. */
const COUNTER = 6
const COUNTER_END = 16 ** COUNTER

/** A place in front of all others and of all tasks to come, where `first` is the first place. */
export function positionFirst(id: number, newestId: number, first: string): string {
  // Behind the next new task, whose id is at least this. The task that was the newest may be purged meanwhile.
  const [next, known] = [positionOf(newestId + 1), first.slice(0, 9)]
  const front = isPositionOfId(known) && first.length > 9 && known < next ? known : next
  const count = first.startsWith(front) ? counterAt(first, front.length) : COUNTER_END / 2
  const isFull = count === undefined || count <= 1
  const digits = isFull ? digitsBetween(front, first) : front + hex(count - 1, COUNTER)
  return withId(digits, id)
}

/** A place behind all others, where `last` is the last place. */
export function positionLast(id: number, last: string): string {
  const count = last.startsWith(END) ? counterAt(last, END.length) : 0
  const isFull = count === undefined || count + 1 >= COUNTER_END
  return withId(isFull ? digitsBetween(last, undefined) : END + hex(count + 1, COUNTER), id)
}

/** A place between two others. */
export function positionBetween(id: number, low: string, high: string): string {
  return withId(digitsBetween(low, high), id)
}

/**
 * The ids of the tasks whose place follows from their id and lies behind (`asc`) or in front of (`desc`) a place: those
 * below, or above, the returned one.
 */
export function idBound(position: string, order: 'asc' | 'desc'): number {
  if (position.startsWith(END)) return order === 'asc' ? 0 : -1
  const digits = leadingDigits(position.slice(1, 9))
  const id = INT32_MAX - Number.parseInt(digits.padEnd(8, '0'), 16)
  // A place with fewer digits is in front of the one that begins alike, and one with more is behind it.
  if (order === 'asc') return digits.length < 8 ? id + 1 : id
  return position.length > 9 && digits.length === 8 ? id - 1 : id
}

function isPositionOfId(text: string): boolean {
  return /^a[0-9a-f]{8}$/.test(text)
}

function withId(digits: string, id: number): string {
  return `${digits}-${hex(id, 8)}`
}

function counterAt(position: string, start: number): number | undefined {
  const digits = leadingDigits(position.slice(start))
  return digits.length < COUNTER ? undefined : Number.parseInt(digits.slice(0, COUNTER), 16)
}

/** Text after which nothing but another task's id may differ. `-` is smaller than every digit. */
function digitsBetween(low: string, high: string | undefined): string {
  const same = high === undefined ? 0 : commonLength(low, high)
  const start = low.slice(0, same)
  const [a, b] = [low.slice(same), high?.slice(same)]
  const end = b === undefined ? undefined : leadingDigits(b).replace(/0+$/, '')
  if (end !== '') return start + middle(leadingDigits(a), end)
  // Only an id, or zeros, lie between the two: the new place is behind the id of the lower one.
  const tail = a.startsWith('-') ? leadingDigits(a.slice(1)) : ''
  const limit = a === '' && b?.startsWith('-') === true ? leadingDigits(b.slice(1)) : undefined
  return `${start}-${middle(tail, limit)}`
}

/** Digits between two others, as short as can be and never ending with 0; without `high` behind `low`. */
function middle(low: string, high: string | undefined): string {
  let shared = ''
  let at = 0
  while (high !== undefined && at < high.length && (low[at] ?? '0') === high[at]) shared += high[at++]
  const from = digit(low[at] ?? '0')
  const to = high === undefined ? 16 : digit(high[at] ?? '0')
  if (to - from > 1) return shared + hex(Math.floor((from + to) / 2), 1)
  return shared + hex(from, 1) + middle(low.slice(at + 1), undefined)
}

function commonLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

function leadingDigits(text: string): string {
  return /^[0-9a-f]*/.exec(text)?.[0] ?? ''
}

function digit(character: string): number {
  return Number.parseInt(character, 16)
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0')
}
