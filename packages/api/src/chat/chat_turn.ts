import type { PastMessage } from './assistant.ts'
import type { LeasedConversation } from './sql.ts'

/** A stored message of the user that may be answered now, because the lease of its conversation is held for it. */
export interface ChatTurn {
  readonly conversation: LeasedConversation
  readonly message_id: number
  readonly message: string
  readonly history: readonly PastMessage[]
}
