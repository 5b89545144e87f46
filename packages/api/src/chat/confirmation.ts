import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Tool } from '../tools/tools.ts'
import type { PastMessage } from './assistant.ts'
import { isPendingConfirmation, saysYes } from './consent.ts'
import { guardedCalls, type GuardedCall } from './guarded_calls.ts'
import { namesEach, type NamedTask } from './named_tasks.ts'

/** The calls that one answer may leave pending: as many as a person reads before confirming. */
const MAX_PENDING = 50

/** Calls of one answer that arrive within this time are checked together. */
const BATCH_MS = 25

export interface ConfirmationCheck {
  readonly decision: 'run' | 'confirm' | 'too_many'
  /** Call it when an allowed call has failed: unless an equal one has not, another may run without confirmation. */
  readonly failed: () => void
}

/**
 * Lets one removal per answer run without a confirmation, and the completion, reopening or renaming of one task or of
 * tasks that the message names. Further ones need the user's confirmation of exactly these calls, in the next message.
 */
export interface ConfirmationGuard {
  check(tool: Pick<Tool, 'name'>, args: Args): Promise<ConfirmationCheck>
}

type Args = Readonly<Record<string, unknown>>

export interface GuardedMessage {
  readonly history: readonly PastMessage[]
  readonly message: string
  /** Reads the titles of tasks. Undefined where the assistant asks about changes by itself. */
  readonly tasksOf: ((task_ids: readonly number[]) => Promise<readonly NamedTask[]>) | undefined
}

export function confirmationGuard({ history, message, tasksOf }: GuardedMessage): ConfirmationGuard {
  const confirmed = confirmedCalls(history, message)
  const recognise = guardedCalls()
  const { restoring, removingSeveral } = undoSteps(history)
  const allowed: Record<GuardedCall['kind'], Map<string, GuardedCall>> = { removal: new Map(), change: new Map() }
  const pending = new Set<string>()
  /** How many equal calls run, or have not failed. */
  const runs = new Map<string, number>()
  let batch = new Map<string, GuardedCall>()
  let checking: Promise<void> | undefined

  /** Parallel calls must be checked together, so the first waits for those that arrive with it. */
  async function checkBatch(): Promise<void> {
    await pause(BATCH_MS)
    const calls = batch
    batch = new Map()
    checking = undefined
    const { change: changes = [], removal: removals = [] } = Object.groupBy(calls.values(), ({ kind }) => kind)
    const mayRemove = removals.length === 1 && allowed.removal.size === 0 && pending.size === 0 && confirmed.size === 0
    admit(removals, mayRemove)
    admit(changes, await mayChange(changes))
  }

  function admit(calls: readonly GuardedCall[], isAllowed: boolean): void {
    for (const call of calls) {
      if (isAllowed) allowed[call.kind].set(call.name, call)
      else pending.add(call.name)
    }
  }

  async function mayChange(calls: readonly GuardedCall[]): Promise<boolean> {
    if (tasksOf === undefined || calls.length === 0) return true
    const all = new Set([...allowed.change.values(), ...calls].flatMap(({ task_ids }) => task_ids))
    return all.size < 2 || namesEach(message, await tasksOf([...all]))
  }

  async function decisionOn(call: GuardedCall): Promise<ConfirmationCheck['decision']> {
    const { name, kind } = call
    // A confirmed change counts, so that others are asked about beside it.
    if (confirmed.has(name) && kind === 'change') allowed.change.set(name, call)
    if (confirmed.has(name) || allowed[kind].has(name)) return 'run'
    if (!pending.has(name)) batch.set(name, call)
    checking ??= checkBatch()
    await checking
    if (allowed[kind].has(name)) return 'run'
    return [...pending].indexOf(name) < MAX_PENDING ? 'confirm' : 'too_many'
  }

  function countRun({ name, kind }: GuardedCall, change: 1 | -1): void {
    const left = (runs.get(name) ?? 0) + change
    runs.set(name, left)
    if (left === 0) allowed[kind].delete(name)
  }

  return {
    async check(tool, args) {
      const call = recognise(tool.name, args)
      const isUndo = tool.name === 'undo'
      if (call === undefined || restoring.has(call.name) || (!isUndo && call.task_ids.length === 0)) return unguarded
      const { name, kind, task_ids } = call
      const removesSeveral = kind === 'removal' && (task_ids.length > 1 || removingSeveral.has(name))
      if (removesSeveral && !confirmed.has(name)) pending.add(name)
      const decision = await decisionOn(call)
      if (decision === 'run') countRun(call, 1)
      return { decision, failed: () => countRun(call, -1) }
    },
  }
}

const unguarded: ConfirmationCheck = { decision: 'run', failed: () => {} }

interface UndoSteps {
  /** Those that remove nothing: they take back changes of this conversation other than creations. */
  readonly restoring: ReadonlySet<string>
  /** Those that remove several tasks at once. */
  readonly removingSeveral: ReadonlySet<string>
}

/** What undos would do. An undo without a seq takes back all that one message did, the next one what the one before did. */
function undoSteps(history: readonly PastMessage[]): UndoSteps {
  const recognise = guardedCalls()
  const nameOf = (args: Args) => recognise('undo', args)?.name ?? ''
  const restoring = new Set<string>()
  const removingSeveral = new Set<string>()
  for (const changes of standingChanges(history).toReversed()) {
    const step = nameOf({})
    const created = changes.filter(({ status }) => status === 'created').length
    if (created === 0) restoring.add(step)
    if (created > 1) removingSeveral.add(step)
    for (const { status, seq } of changes) {
      if (status !== 'created' && seq !== undefined) restoring.add(nameOf({ seq }))
    }
  }
  return { restoring, removingSeveral }
}

const changeResult = z.object({
  status: z.enum(['created', 'completed', 'reopened', 'updated', 'deleted']),
  seq: z.int().optional(),
})
/** None of several changes that one call made is a creation. */
const changesResult = z.object({ tasks: z.array(z.unknown()), first_seq: z.int(), last_seq: z.int() })
const undoResult = z.object({ status: z.literal('undone'), undone: z.array(z.object({ seq: z.int() })) })

interface StandingChange extends z.infer<typeof changeResult> {
  /** Of several changes of one call: among which seqs it is. */
  readonly among?: z.infer<typeof changesResult>
}

/** The changes that each message made and that were not undone since, oldest first. */
function standingChanges(history: readonly PastMessage[]): StandingChange[][] {
  const standing: StandingChange[][] = []
  for (const { tool_calls } of history) {
    const made: StandingChange[] = []
    standing.push(made)
    for (const { result } of tool_calls) {
      made.push(...changesIn(result))
      for (const { seq } of undoResult.safeParse(result).data?.undone ?? []) removeChange(standing, seq)
    }
  }
  return standing.filter((changes) => changes.length > 0)
}

function changesIn(result: unknown): StandingChange[] {
  const change = changeResult.safeParse(result).data
  if (change !== undefined) return [change]
  const among = changesResult.safeParse(result).data
  return among?.tasks.map(() => ({ status: 'updated', among })) ?? []
}

/** One undo may undo others as well: what somebody else did, or the next task of a series. */
function removeChange(standing: readonly StandingChange[][], undone: number): void {
  for (const changes of standing) {
    const index = changes.findIndex(
      ({ seq, among }) =>
        seq === undone || (among !== undefined && among.first_seq <= undone && undone <= among.last_seq),
    )
    if (index >= 0) return void changes.splice(index, 1)
  }
}

/** The calls that the previous answer asked about, if this message confirms them. */
function confirmedCalls(history: readonly PastMessage[], message: string): Set<string> {
  const previous = history.at(-1)
  if (previous?.role !== 'assistant' || !saysYes(message)) return new Set()
  const recognise = guardedCalls()
  const pending = previous.tool_calls.filter(isPendingConfirmation)
  return new Set(pending.flatMap(({ tool, args }) => recognise(tool, args)?.name ?? []))
}
