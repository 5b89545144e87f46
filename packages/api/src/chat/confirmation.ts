import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Tool } from '../tools/tools.ts'
import type { PastMessage } from './assistant.ts'
import { isPendingConfirmation, saysYes } from './consent.ts'

/** The calls that one answer may leave pending: as many as a person reads before confirming. */
const MAX_PENDING = 50

/** Calls of one answer that arrive within this time are checked together. */
const BATCH_MS = 25

export interface ConfirmationCheck {
  readonly decision: 'run' | 'confirm' | 'too_many'
  /** Call it when an allowed call has failed, so that another one may run without confirmation. */
  readonly failed: () => void
}

/**
 * Lets one removal per answer run without a confirmation. Further ones need the user's confirmation of exactly these
 * calls, in the next message.
 */
export interface ConfirmationGuard {
  check(tool: Pick<Tool, 'name' | 'removes'>, args: Args): Promise<ConfirmationCheck>
}

type Args = Readonly<Record<string, unknown>>

export function confirmationGuard(history: readonly PastMessage[], message: string): ConfirmationGuard {
  const confirmed = confirmedCalls(history, message)
  const nameOf = callNames()
  const { restoring, removingSeveral } = undoSteps(history)
  const running = new Set<string>()
  const pending = new Set<string>()
  let batch = new Set<string>()
  let checking: Promise<void> | undefined

  /** Parallel calls must be checked together, so the first waits for those that arrive with it. */
  async function checkBatch(calls: Set<string>): Promise<void> {
    await pause(BATCH_MS)
    batch = new Set()
    checking = undefined
    const isOnlyOne = calls.size === 1 && running.size === 0 && pending.size === 0 && confirmed.size === 0
    for (const call of calls) (isOnlyOne ? running : pending).add(call)
  }

  async function decisionOn(call: string): Promise<ConfirmationCheck['decision']> {
    if (confirmed.has(call) || running.has(call)) return 'run'
    if (!pending.has(call)) batch.add(call)
    checking ??= checkBatch(batch)
    await checking
    if (running.has(call)) return 'run'
    return [...pending].indexOf(call) < MAX_PENDING ? 'confirm' : 'too_many'
  }

  return {
    async check(tool, args) {
      if (!tool.removes) return { decision: 'run', failed: () => {} }
      const call = nameOf(tool.name, args)
      const count = tasksRemoved(args)
      if (count === 0 || restoring.has(call)) return { decision: 'run', failed: () => {} }
      if ((count > 1 || removingSeveral.has(call)) && !confirmed.has(call)) pending.add(call)
      return { decision: await decisionOn(call), failed: () => void running.delete(call) }
    },
  }
}

/**
 * Names calls by what they remove. Each call that names nothing, an undo without a seq, goes one change further back.
 */
function callNames(): (tool: string, args: Args) => string {
  let steps = 0
  return (tool, { task_id, task_ids, seq }) => {
    const subject = task_id ?? distinct(task_ids) ?? seq
    return subject === undefined ? `${tool} step ${++steps}` : `${tool} ${JSON.stringify(subject)}`
  }
}

function distinct(task_ids: unknown): unknown[] | undefined {
  return Array.isArray(task_ids) ? [...new Set<unknown>(task_ids)].toSorted((a, b) => Number(a) - Number(b)) : undefined
}

/** How many tasks a call may remove: one that changes several says what it does. */
function tasksRemoved({ task_ids, do: what }: Args): number {
  const tasks = distinct(task_ids)
  if (tasks === undefined) return 1
  return what === 'delete' ? tasks.length : 0
}

interface UndoSteps {
  /** Those that remove nothing: they take back changes of this conversation other than creations. */
  readonly restoring: ReadonlySet<string>
  /** Those that remove several tasks at once. */
  readonly removingSeveral: ReadonlySet<string>
}

/** What undos would do. An undo without a seq takes back all that one message did, the next one what the one before did. */
function undoSteps(history: readonly PastMessage[]): UndoSteps {
  const nameOf = callNames()
  const restoring = new Set<string>()
  const removingSeveral = new Set<string>()
  for (const changes of standingChanges(history).toReversed()) {
    const step = nameOf('undo', {})
    const created = changes.filter(({ status }) => status === 'created').length
    if (created === 0) restoring.add(step)
    if (created > 1) removingSeveral.add(step)
    for (const { status, seq } of changes) {
      if (status !== 'created' && seq !== undefined) restoring.add(nameOf('undo', { seq }))
    }
  }
  return { restoring, removingSeveral }
}

const changeResult = z.object({
  status: z.enum(['created', 'completed', 'reopened', 'updated', 'deleted']),
  seq: z.int().optional(),
})
type ChangeResult = z.infer<typeof changeResult>
/** None of several changes that one call made is a creation. */
const changesResult = z.object({ tasks: z.array(z.unknown()), first_seq: z.int() })
const undoResult = z.object({ status: z.literal('undone'), undone: z.array(z.unknown()).optional() })

/** The changes that each message made and that were not undone since, oldest first. */
function standingChanges(history: readonly PastMessage[]): ChangeResult[][] {
  const standing: ChangeResult[][] = []
  for (const { tool_calls } of history) {
    const made: ChangeResult[] = []
    standing.push(made)
    for (const { result } of tool_calls) {
      made.push(...changesIn(result))
      const undo = undoResult.safeParse(result).data
      if (undo !== undefined) removeLast(standing, undo.undone?.length ?? 1)
    }
  }
  return standing.filter((changes) => changes.length > 0)
}

function changesIn(result: unknown): ChangeResult[] {
  const change = changeResult.safeParse(result).data
  if (change !== undefined) return [change]
  return changesResult.safeParse(result).data?.tasks.map(() => ({ status: 'updated' })) ?? []
}

function removeLast(standing: readonly ChangeResult[][], count: number): void {
  let left = count
  for (const changes of standing.toReversed()) left -= changes.splice(-left, left).length
}

/** The calls that the previous answer asked about, if this message confirms them. */
function confirmedCalls(history: readonly PastMessage[], message: string): Set<string> {
  const previous = history.at(-1)
  if (previous?.role !== 'assistant' || !saysYes(message)) return new Set()
  const nameOf = callNames()
  return new Set(previous.tool_calls.filter(isPendingConfirmation).map(({ tool, args }) => nameOf(tool, args)))
}
