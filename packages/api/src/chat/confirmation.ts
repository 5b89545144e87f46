import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Tool } from '../tools/tools.ts'
import type { PastMessage } from './assistant.ts'
import { isPendingConfirmation, saysYes } from './consent.ts'
import type { ToolCall } from './schema.ts'

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
  const restores = restoringUndos(history)
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
    batch.add(call)
    checking ??= checkBatch(batch)
    await checking
    if (running.has(call)) return 'run'
    return [...pending].indexOf(call) < MAX_PENDING ? 'confirm' : 'too_many'
  }

  return {
    async check(tool, args) {
      if (!tool.removes) return { decision: 'run', failed: () => {} }
      const call = nameOf(tool.name, args)
      if (restores.has(call)) return { decision: 'run', failed: () => {} }
      return { decision: await decisionOn(call), failed: () => void running.delete(call) }
    },
  }
}

/**
 * Names calls by what they remove. Each call that names nothing, an undo without a seq, goes one change further back.
 */
function callNames(): (tool: string, args: Args) => string {
  let steps = 0
  return (tool, { task_id, seq }) => {
    const subject = task_id ?? seq
    return subject === undefined ? `${tool} step ${++steps}` : `${tool} ${JSON.stringify(subject)}`
  }
}

/**
 * The undos that remove nothing: they take back changes of this conversation other than creations. Bringing back eight
 * deleted tasks needs no confirmation.
 */
function restoringUndos(history: readonly PastMessage[]): Set<string> {
  const nameOf = callNames()
  const standing = standingChanges(history.flatMap(({ tool_calls }) => tool_calls))
  return new Set(
    standing.toReversed().flatMap(({ status, seq }) => {
      const step = nameOf('undo', {})
      return status === 'created' ? [] : [step, ...(seq === undefined ? [] : [nameOf('undo', { seq })])]
    }),
  )
}

const changeResult = z.object({
  status: z.enum(['created', 'completed', 'reopened', 'updated', 'deleted']),
  seq: z.int().optional(),
})
const undoResult = z.object({ status: z.literal('undone'), undone: z.array(z.unknown()).optional() })

/** The changes that these calls made and have not undone, oldest first. */
function standingChanges(calls: readonly ToolCall[]): z.infer<typeof changeResult>[] {
  const standing: z.infer<typeof changeResult>[] = []
  for (const { result } of calls) {
    const change = changeResult.safeParse(result)
    const undo = undoResult.safeParse(result)
    if (change.success) standing.push(change.data)
    else if (undo.success) standing.splice(-(undo.data.undone?.length ?? 1))
  }
  return standing
}

/** The calls that the previous answer asked about, if this message confirms them. */
function confirmedCalls(history: readonly PastMessage[], message: string): Set<string> {
  const previous = history.at(-1)
  if (previous?.role !== 'assistant' || !saysYes(message)) return new Set()
  const nameOf = callNames()
  return new Set(previous.tool_calls.filter(isPendingConfirmation).map(({ tool, args }) => nameOf(tool, args)))
}
