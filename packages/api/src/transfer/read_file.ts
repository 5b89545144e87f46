import { createHash } from 'node:crypto'
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { ApiError } from '../errors/api_error.ts'
import {
  MAX_TASKS,
  PAUSE,
  tooManyTasks,
  UnreadableFile,
  type DescribedTask,
  type ReadContext,
  type ReadFile,
} from './described_task.ts'
import { fitTask } from './fit_task.ts'
import { readCsv } from './read/csv.ts'
import { readGoogle } from './read/google.ts'
import { readIcs } from './read/ics.ts'
import { readMsTodo } from './read/mstodo.ts'
import { readTaskwire } from './read/taskwire.ts'
import { readTickTick } from './read/ticktick.ts'
import { readTodoist } from './read/todoist.ts'
import { readTodoTxt } from './read/todotxt.ts'
import type { ImportInput, ImportSource } from './schema.ts'
import { idOfUid } from './task_uid.ts'

const readers: Readonly<Record<ImportSource, ReadFile>> = {
  taskwire: readTaskwire,
  todoist: readTodoist,
  mstodo: readMsTodo,
  ticktick: readTickTick,
  google: readGoogle,
  csv: readCsv,
  ics: readIcs,
  todotxt: readTodoTxt,
}

/** A task of a file that can be one here. */
export interface ReadTask {
  readonly task: DescribedTask
  readonly fields: Extract<ReturnType<typeof fitTask>, { fields: object }>['fields']
  readonly lost: readonly string[]
  /** Equal for the same task in every file of the same kind. */
  readonly fingerprint: string
  /** What imports recorded that hashed the values of `fields` instead of what is `written`. */
  readonly formerFingerprint: string
}

export interface RefusedRow {
  readonly task: DescribedTask
  readonly reason: string
}

/** The tasks of a file. Throws `import_unreadable` with the reason. */
export async function readTasks(
  { source, file }: Pick<ImportInput, 'source' | 'file'>,
  context: ReadContext,
): Promise<(ReadTask | RefusedRow)[]> {
  const rows: (ReadTask | RefusedRow)[] = []
  const fingerprintsOf = fingerprints(source)
  try {
    if (file.startsWith('PK\u0003\u0004')) throw new UnreadableFile('it is a ZIP archive: unpack it first')
    for (const task of readers[source](file, context)) {
      // One task may be long: others have their turn after each.
      await yieldToOthers()
      if (task === PAUSE) continue
      if (rows.length === MAX_TASKS) throw tooManyTasks()
      const fitted = fitTask(task)
      rows.push('reason' in fitted ? { task, ...fitted } : { task, ...fitted, ...fingerprintsOf(task) })
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    const fields = [{ type: 'import_unreadable', loc: ['file'], msg: `This file cannot be read: ${error.message}` }]
    throw new ApiError('import_unreadable', { fields }, error)
  }
  return rows
}

function fingerprints(source: ImportSource) {
  const [fingerprintOf, formerOf] = [distinct(source), distinct(source)]
  return ({ identity, fields, written }: DescribedTask): Pick<ReadTask, 'fingerprint' | 'formerFingerprint'> => {
    const former = hash([source, fields])
    const content = written === undefined ? former : hash([source, { ...fields, ...written }])
    return { fingerprint: fingerprintOf(identity, content), formerFingerprint: formerOf(identity, former) }
  }
}

/**
 * Equal tasks without an identity are told apart by their number, so that two equal lines are two tasks. Different tasks
 * with one identity are the occurrences of a recurring task, which some products give the same id.
 */
function distinct(source: ImportSource): (identity: string | undefined, content: string) => string {
  const counts = new Map<string, number>()
  const firsts = new Map<string, string>()
  return (identity, content) => {
    if (identity !== undefined) {
      const known = hash([idOfUid(identity) === undefined ? source : 'taskwire', identity])
      const first = firsts.get(known) ?? content
      firsts.set(known, first)
      return first === content ? known : hash([known, content])
    }
    const count = (counts.get(content) ?? 0) + 1
    counts.set(content, count)
    return count === 1 ? content : hash([content, count])
  }
}

function hash(value: readonly unknown[]): string {
  return createHash('sha256').update(jsonOf(value)).digest('base64url').slice(0, 22)
}

/** JSON can be read that is nested too deeply to be written. */
function jsonOf(value: readonly unknown[]): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableFile('its values are nested too deeply')
    throw error
  }
}
