import { setTimeout as pause } from 'node:timers/promises'
import type { Tool } from '../tools/tools.ts'
import type { PastMessage } from './assistant.ts'

/** The status of a call that waits for the user's word. */
export const PENDING_CONFIRMATION = 'confirmation_required'

/** Removals that one answer may hold for the user to confirm: as many as a person reads before saying yes. */
const MAX_HELD = 50

/** Calls of one turn that come this close together are judged together. */
const TOGETHER_MS = 25

export interface Verdict {
  readonly what: 'go' | 'hold' | 'too_many'
  /** Told when what was let through was refused after all: another may take its place. */
  readonly refused: () => void
}

/** Lets one removal through in an answer. More need the user's yes to exactly these, in the message after. */
export interface RemovalGuard {
  judge(tool: Pick<Tool, 'name' | 'removes'>, args: Args): Promise<Verdict>
}

type Args = Readonly<Record<string, unknown>>

export function removalGuard(history: readonly PastMessage[], message: string): RemovalGuard {
  const confirmed = confirmedRemovals(history, message)
  const named = removalNames()
  const removed = new Set<string>()
  const held = new Set<string>()
  let together = new Set<string>()
  let judged: Promise<void> | undefined

  /** Parallel calls must not be let through one by one: the first waits for those that came with it. */
  async function judgeTogether(group: Set<string>): Promise<void> {
    await pause(TOGETHER_MS)
    together = new Set()
    judged = undefined
    const alone = group.size === 1 && removed.size === 0 && held.size === 0 && confirmed.size === 0
    for (const removal of group) (alone ? removed : held).add(removal)
  }

  async function verdictOn(removal: string): Promise<Verdict['what']> {
    if (confirmed.has(removal) || removed.has(removal)) return 'go'
    together.add(removal)
    judged ??= judgeTogether(together)
    await judged
    if (removed.has(removal)) return 'go'
    return [...held].indexOf(removal) < MAX_HELD ? 'hold' : 'too_many'
  }

  return {
    async judge(tool, args) {
      if (!tool.removes) return { what: 'go', refused: () => {} }
      const removal = named(tool.name, args)
      return { what: await verdictOn(removal), refused: () => void removed.delete(removal) }
    },
  }
}

/** Names for what calls would remove. Every undo without a seq goes one step further back. */
function removalNames(): (tool: string, args: Args) => string {
  let steps = 0
  return (tool, { seq, task_id }) => {
    if (tool === 'undo' && seq === undefined) return `undo step ${++steps}`
    return `${tool} ${JSON.stringify(tool === 'undo' ? seq : task_id)}`
  }
}

/** The removals that the answer before asked about, if this message says yes to them. */
function confirmedRemovals(history: readonly PastMessage[], message: string): Set<string> {
  const asked = history.at(-1)
  if (asked?.role !== 'assistant' || !saysYes(message)) return new Set()
  const named = removalNames()
  return new Set(asked.tool_calls.filter(isPendingConfirmation).map(({ tool, args }) => named(tool, args)))
}

export function isPendingConfirmation({ result }: { readonly result: Readonly<Record<string, unknown>> }): boolean {
  return result['status'] === PENDING_CONFIRMATION
}

const YES =
  /^(yes|yeah|yep|yup|y|ok|okay|sure|confirm|confirmed|i confirm|do it|go ahead|please do|absolutely|definitely|ja|oui|s[ií]|sim|haan)(?![\p{L}\p{N}])/u
const RESERVATION =
  /\b(no|not|never|don'?t|doesn'?t|won'?t|can'?t|but|except|only|keep|wait|stop|cancel|without|instead)\b|\?/u

/** A plain yes. One with reservations is none: what is meant by it has to be asked for again. */
export function saysYes(message: string): boolean {
  const said = message.trim().toLowerCase().replaceAll('’', "'")
  return said.length <= 200 && YES.test(said) && !RESERVATION.test(said)
}
