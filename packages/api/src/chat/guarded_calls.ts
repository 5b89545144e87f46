import { effectOf } from '../tools/effect.ts'

type Args = Readonly<Record<string, unknown>>

/** A call that may need the user's confirmation. */
export interface GuardedCall {
  /** The same for calls with the same effect. */
  readonly name: string
  /** Removals are asked about by their number, changes only if the message does not name each task. */
  readonly kind: 'removal' | 'change'
  /** Empty for an undo. */
  readonly task_ids: readonly number[]
}

/**
 * Recognises the calls of an answer that may need a confirmation, and names them by what they do. Each undo without a seq
 * goes one message further back.
 */
export function guardedCalls(): (tool: string, args: Args) => GuardedCall | undefined {
  let steps = 0
  return (tool, args) => {
    if (tool === 'undo') {
      const { seq } = args
      return { name: seq === undefined ? `undo step ${++steps}` : `undo ${nameOf(seq)}`, kind: 'removal', task_ids: [] }
    }
    const effect = effectOf(tool, args)
    if (effect === undefined) return undefined
    const { does, task_ids } = effect
    const ids = task_ids.toSorted((a, b) => a - b).join(',')
    const name = does === 'rename' ? `rename ${ids} ${JSON.stringify(args['title'])}` : `${does} ${ids}`
    return { name, kind: does === 'remove' ? 'removal' : 'change', task_ids }
  }
}

/** The same for a number and its digits. A model may send anything else, which the tool will refuse. */
function nameOf(seq: unknown): string {
  return typeof seq === 'object' ? JSON.stringify(seq) : String(Number(seq))
}
