import { runForCaller, type Statement } from '@taskwire/db'
import { z } from 'zod'
import type { Services } from '../core/services.ts'
import { statementName } from '../core/statement.ts'
import { taskOutput } from './schema.ts'

/** What a tool answers about a task that it wrote. */
export const writtenByTool = z.object({
  task_id: z.int(),
  title: z.string(),
  version: z.int(),
  seq: z.int().optional().meta({ description: 'The change; undo takes it' }),
  next_task_id: z.int().optional().meta({ description: 'The task that follows a recurring one' }),
  next_due_date: z.string().optional(),
})

// Its place in the log is not in the answer of an operation: only tools ask for it, and pay for a second read.
function changeAmong(changes: string): string {
  return `
  SELECT done.seq, made.task_id AS next_task_id, made.after ->> 'due_date' AS next_due_date
  FROM (SELECT * FROM taskwire.change WHERE user_id = $1 AND task_id = $2 ORDER BY seq DESC ${changes}) AS done
  LEFT JOIN taskwire.change AS made
    ON made.user_id = done.user_id AND made.seq = done.seq + 1 AND made.part_of = done.seq AND made.kind = 'created'
  WHERE CASE WHEN $4::boolean THEN done.after IS NULL AND (done.before ->> 'version')::int = $3
    ELSE (done.after ->> 'version')::int = $3 END
  ORDER BY done.seq DESC LIMIT 1`
}

// Nearly always it is the newest change of the task. So few are read in a moment, and may share a connection.
const newest = changeAmong('LIMIT 5')
// That of a write which is repeated may be followed by thousands.
const earlier = changeAmong('')
const statements: readonly Omit<Statement, 'values'>[] = [
  { name: statementName('task_written', newest), text: newest, pipeline: 'reads' },
  { name: statementName('task_written_before', earlier), text: earlier },
]

interface Written {
  readonly seq: number
  readonly next_task_id: number | null
  readonly next_due_date: string | null
}

/** Describes the write that left a task as it is answered or, for a deletion, found it so. */
export async function describeWritten(
  services: Services,
  answer: unknown,
  isDeletion = false,
): Promise<z.infer<typeof writtenByTool>> {
  const { user_id, id, title, version } = written.parse(answer)
  const change = await changeOf(services, [user_id, id, version, isDeletion])
  const { seq, next_task_id, next_due_date } = change ?? {}
  return {
    task_id: id,
    title,
    version,
    ...(seq === undefined ? {} : { seq }),
    ...(typeof next_task_id === 'number' ? { next_task_id } : {}),
    ...(typeof next_due_date === 'string' ? { next_due_date } : {}),
  }
}

type Values = [user_id: string, id: number, version: number, isDeletion: boolean]

/** Undefined where the log cannot be read: the write was accepted, and an error would invite a repeat. */
async function changeOf({ sql, log }: Services, values: Values) {
  try {
    for (const statement of statements) {
      const [change] = await runForCaller({ user_id: values[0] }, () => sql<Written>({ ...statement, values }))
      if (change !== undefined) return change
    }
    return undefined
  } catch (error) {
    log.warn({ err: error }, 'the change of a tool could not be read')
    return undefined
  }
}

const written = taskOutput.pick({ user_id: true, id: true, title: true, version: true })
