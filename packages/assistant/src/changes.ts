import { isPendingConfirmation } from '@taskwire/api/consent'
import { z } from 'zod'
import type { CompletedCall } from './conversation.ts'

const written = z.object({
  task_id: z.int(),
  status: z.string(),
  title: z.string(),
  undone: z.array(z.unknown()).optional(),
})
/** The result of a tool that changed a task. */
export type Written = z.infer<typeof written>

/** The changes that the calls made, undos included, in their order. */
export function changesIn(calls: readonly CompletedCall[]): readonly Written[] {
  return calls.flatMap((call) => {
    const { data } = written.safeParse(call.result)
    return data === undefined || isPendingConfirmation(call) ? [] : [data]
  })
}
