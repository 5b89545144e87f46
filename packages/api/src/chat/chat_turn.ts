import type { History } from './history.ts'
import type { LeasedConversation } from './sql.ts'

/** A stored message of the user that may be answered now, because the lease of its conversation is held for it. */
export interface ChatTurn extends History {
  readonly conversation: LeasedConversation
  readonly message_id: number
  readonly message: string
}
