import type { CompletedCall } from './conversation.ts'
import type { Steps, ToolUse } from './steps.ts'

/**
 * Uses the tools at once, because the server recognises removals that belong together by their arrival. Undos follow
 * each other: without a seq, each takes back what the message before did.
 */
export function* toolCalls(uses: readonly ToolUse[]): Steps<readonly CompletedCall[]> {
  if (uses.some(({ tool }) => tool !== 'undo')) return yield uses
  const calls: CompletedCall[] = []
  for (const use of uses) calls.push(...(yield [use]))
  return calls
}
