import type { LoggedTask, Task } from '@taskwire/client'
import { fieldTable, isSameValue, type FieldTable, type FieldValues } from '../task_fields.ts'
import type { NewPlace } from './local_position.ts'
import type { PendingWrite } from './pending_write.ts'

/**
 * A waiting write after an earlier write of this browser was accepted as `task`: it takes over the id that the server
 * assigned to a new task, and the version that the earlier write made.
 */
export function rebaseWrite(waiting: PendingWrite, accepted: PendingWrite, task: LoggedTask): PendingWrite {
  if (waiting.task_id !== accepted.task_id) return withNeighbour(waiting, accepted.task_id, task.id)
  const { base } = waiting
  // If only our own write came between. Otherwise the server must report that somebody else's did.
  const isOurs = base !== null && task.version === base.version + 1
  if (task.id === waiting.task_id && !isOurs) return waiting
  return { ...waiting, task_id: task.id, base: isOurs ? { ...base, version: task.version } : base }
}

/** A waiting move beside a neighbour that had a provisional id, once the server has assigned another, or none. */
export function withNeighbour(waiting: PendingWrite, provisional: number, id: number | null): PendingWrite {
  const { intent } = waiting
  if (intent.kind !== 'move' || id === null || id === provisional) return waiting
  const renamed = (place: NewPlace): NewPlace => {
    if ('after' in place && place.after === provisional) return { after: id }
    return 'before' in place && place.before === provisional ? { before: id } : place
  }
  const { place, otherwise } = intent
  const places = { place: renamed(place), ...(otherwise && { otherwise: renamed(otherwise) }) }
  const isSame = isSameValue(places, { place, ...(otherwise && { otherwise }) })
  return isSame ? waiting : { ...waiting, intent: { ...intent, ...places } }
}

/** The edit on top of the server's current task; undefined if the two contradict each other in some field. */
export function mergeEdit(write: PendingWrite, current: Task, table?: FieldTable): PendingWrite | undefined {
  if (write.intent.kind !== 'edit' || write.base === null) return undefined
  return conflictingFields(write, current, table).length === 0 ? { ...write, base: current } : undefined
}

/** The edit on top of the server's current task, which it overrides where the two contradict each other. */
export function overrideWithEdit(write: PendingWrite, current: Task, table?: FieldTable): PendingWrite {
  const { intent, base } = write
  if (intent.kind !== 'edit' || base === null) return { ...write, base: current }
  const mine: FieldValues = { ...base, ...intent.fields }
  const fields = Object.fromEntries(conflictingFields(write, current, table).map((name) => [name, mine[name]]))
  return { ...write, base: current, intent: { ...intent, fields: { ...intent.fields, ...fields } } }
}

/**
 * The fields that both the edit and the server changed since the edit began, to different values. Fields of one merge
 * group count as one field. Works on any field by comparing its JSON values, so it also merges fields that this build
 * does not know.
 */
export function conflictingFields(write: PendingWrite, current: Task, table: FieldTable = fieldTable): string[] {
  const { intent } = write
  if (intent.kind !== 'edit' || write.base === null) return []
  const edited: FieldValues = intent.fields
  const base: FieldValues = write.base
  const theirs: FieldValues = current
  const mine: FieldValues = { ...base, ...edited }
  const groups = new Set(Object.keys(edited).map((name) => table[name]?.mergeGroup ?? name))
  return [...groups]
    .map((group) => membersOf(group, table))
    .filter((names) => {
      const differs = (a: FieldValues, b: FieldValues) => names.some((name) => !isSameValue(a[name], b[name]))
      return differs(mine, base) && differs(theirs, base) && differs(mine, theirs)
    })
    .flat()
}

function membersOf(group: string, table: FieldTable): string[] {
  const members = Object.keys(table).filter((name) => table[name]?.mergeGroup === group)
  return members.length === 0 ? [group] : members
}
