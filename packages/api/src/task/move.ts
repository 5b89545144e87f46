import type { Statement } from '@taskwire/db'
import { z } from 'zod'
import { fragment, statementName } from '../core/statement.ts'
import type { JsonAnswer } from '../core/json_answer.ts'
import type { UserContext } from '../core/trpc.ts'
import { idempotentWrite, type ChangeMetadata } from '../log/write.ts'
import { positionBetween, positionFirst, positionLast } from './position.ts'
import { taskId, writeFields, type ListedTask, type Task } from './schema.ts'
import type { Order } from './sorts.ts'
import { taskPage } from './sql.ts'
import { answeredAsText, assertVersion, hasVersion, liveTask, orNotFound, rowOf, wantedVersions } from './write.ts'
import { statement, taskUpdate, updateStatement, type LiveTask, type TaskWrite } from './write_sql.ts'

/** Where to: exactly one of the three. */
export const moveFields = {
  after: taskId.optional().meta({ description: 'Directly behind this task' }),
  before: taskId.optional().meta({ description: 'Directly in front of this task' }),
  to: z.enum(['first', 'last']).optional().meta({ description: 'In front of, or behind, all other tasks' }),
}

export const onePlace = {
  error: 'Name exactly one of after, before and to',
  path: ['to'],
}

export const moveInput = z
  .strictObject({ task_id: taskId, ...moveFields, ...writeFields })
  .refine(namesOnePlace, onePlace)
type MoveInput = z.infer<typeof moveInput>

interface ListPosition {
  readonly after?: number | undefined
  readonly before?: number | undefined
  readonly to?: 'first' | 'last' | undefined
}

export function namesOnePlace({ after, before, to }: ListPosition): boolean {
  return [after, before, to].filter((place) => place !== undefined).length === 1
}

/** Moves a task in the manual order of its user. A task that stands there already keeps its place. */
export function moveTask(ctx: UserContext, operation: string, input: MoveInput): Promise<JsonAnswer> {
  return idempotentWrite<JsonAnswer>(ctx, {
    operation,
    input,
    execute: (metadata) => executeMove(ctx, input, metadata),
    replay: answeredAsText,
    diagnose: async () => {
      const task = orNotFound(await liveTask(ctx, input.task_id))
      const neighbour = input.after ?? input.before
      if (neighbour !== undefined) orNotFound(await liveTask(ctx, neighbour))
      assertVersion(task, input.if_version)
    },
  })
}

/**
 * Reads the neighbours, then writes the place between them. Other moves may come in between: places of different tasks
 * are never equal, so that the outcome is that of some order of the moves.
 */
async function executeMove(ctx: UserContext, input: MoveInput, metadata: ChangeMetadata): Promise<JsonAnswer | null> {
  const task = await liveTask(ctx, input.task_id)
  if (task === null || !hasVersion(task, input.if_version)) return null
  const gap = await gapFor(ctx, task, input)
  if (gap === null) return null
  const position = await placeIn(ctx, task, gap)
  const row = { user_id: ctx.user_id, id: task.id, versions: wantedVersions(input.if_version) }
  return rowOf(ctx, position === task.position ? taskUpdate(row, {}, metadata) : taskMove(row, position, metadata))
}

/** The tasks between which a task is to stand; one that is absent is the end of the list. */
interface Gap {
  readonly low: Task | undefined
  readonly high: Task | undefined
}

/** Null where the neighbour that is named does not exist. */
async function gapFor(ctx: UserContext, task: Task, { after, before, to }: MoveInput): Promise<Gap | null> {
  const next = (order: Order, from?: Task) => nextTask(ctx, { order, from, without: task.id })
  if (to === 'first') return { low: undefined, high: await next('asc') }
  if (to === 'last') return { low: await next('desc'), high: undefined }
  const neighbour = after ?? before
  if (neighbour === task.id) return { low: undefined, high: undefined }
  const named = neighbour === undefined ? null : await liveTask(ctx, neighbour)
  if (named === null) return null
  if (after === undefined) return { low: await next('desc', named), high: named }
  return { low: named, high: await next('asc', named) }
}

async function placeIn(ctx: UserContext, task: Task, { low, high }: Gap): Promise<string> {
  const isBehind = low === undefined || low.position < task.position
  const isAhead = high === undefined || task.position < high.position
  if (isBehind && isAhead) return task.position
  if (low !== undefined) {
    return high === undefined
      ? positionLast(task.id, low.position)
      : positionBetween(task.id, low.position, high.position)
  }
  const newest = await newestId(ctx)
  return high === undefined ? task.position : positionFirst(task.id, newest ?? task.id, high.position)
}

interface Neighbour {
  readonly order: Order
  readonly from: Task | undefined
  readonly without: number
}

const everyTask = { trash: false, completed: undefined, search: '', sort: 'position' } as const

/** The next live task in the manual order, but for the one that is moved. */
async function nextTask(ctx: UserContext, { order, from, without }: Neighbour): Promise<Task | undefined> {
  const position = from === undefined ? undefined : [from.position, from.id]
  const page = taskPage(ctx.user_id, { ...everyTask, order }, { position, limit: 2 })
  const [found] = await ctx.services.sql<{ items: ListedTask[] }>(page)
  return found?.items.find(({ id }) => id !== without)
}

const newestText = 'SELECT max(id) AS id FROM taskwire.task WHERE user_id = $1'
const newestName = statementName('task_newest', newestText)

/** Later tasks have larger ids. Those in the trash count, because they may come back. */
async function newestId(ctx: UserContext): Promise<number | null> {
  const newest: Statement = { name: newestName, text: newestText, values: [ctx.user_id], pipeline: 'reads' }
  const [row] = await ctx.services.sql<{ id: number | null }>(newest)
  return row?.id ?? null
}

const move = updateStatement('task_move', [fragment<TaskWrite>`position = ${({ fields }) => fields['position']}::text`])

function taskMove(task: LiveTask, position: string, metadata: ChangeMetadata): Statement {
  return statement(move, { task, fields: { position }, metadata })
}
