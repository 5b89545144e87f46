import { isPendingConfirmation } from '@taskwire/api/consent'
import type { NextAction } from '../action.ts'
import type { Conversation } from '../conversation.ts'
import { outcomeText } from '../replies.ts'

/** The user's answer to the calls of the previous message that wait for confirmation. */
export function confirmPending(answer: 'yes' | 'no', { calls, past }: Conversation): NextAction {
  const pending = past.at(-1)?.calls.filter(isPendingConfirmation) ?? []
  if (pending.length === 0) {
    return answer === 'no'
      ? { reply: 'All right.' }
      : { reply: 'There is nothing waiting for your confirmation. What would you like me to do?' }
  }
  if (answer === 'no') return { reply: 'All right, I will leave everything as it is.' }
  return calls.length === 0 ? { use: pending.map(({ tool, args }) => ({ tool, args })) } : { reply: outcomeText(calls) }
}
