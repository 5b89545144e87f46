import { isPendingConfirmation } from '@taskwire/api/consent'
import type { CompletedCall } from './conversation.ts'
import type { Steps, ToolUse } from './steps.ts'

/**
 * Uses the tools at once, because the server recognises removals that belong together by their arrival. Undos follow
 * each other: without a seq, each goes one change further back.
 */
export function* toolCalls(uses: readonly ToolUse[]): Steps<readonly CompletedCall[]> {
  const [first, ...rest] = uses
  if (first === undefined) return []
  if (rest.length === 0 || uses.some(({ tool }) => tool !== 'undo')) return yield uses
  const calls = [...(yield [first])]
  for (const use of rest) {
    if (undoneBy(calls) >= uses.length) return calls
    calls.push(...(yield [use]))
  }
  return calls
}

/** How many changes were undone. One undo may take back several that were made together. */
function undoneBy(calls: readonly CompletedCall[]): number {
  const counts = calls.map(({ result }) =>
    Array.isArray(result['undone']) ? result['undone'].length : isPendingConfirmation({ result }) ? 0 : 1,
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
