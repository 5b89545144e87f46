import type { Statement } from '@taskwire/db'

// The statements that keep a conversation's turns apart, over all replicas. The database's clock decides alone.

/** Whose turn it is: a conversation and who holds its lease. */
export interface Place {
  readonly user_id: string
  readonly conversation_id: number
  readonly holder: string
}

export interface UserMessage {
  readonly content: string
  readonly key: string | null
  readonly request: string | null
}

const until = (parameter: string) => `now() + ${parameter} * interval '1 millisecond'`

/** Begins a conversation with its first message and its lease, or, where the key is taken, nothing at all. */
export function conversationBegin(user_id: string, title: string, message: UserMessage, lease: LeaseTerms): Statement {
  return {
    text: `
      WITH begun AS (
        INSERT INTO taskwire.conversation (user_id, title, lease_holder, lease_until)
        VALUES ($1, $2, $3, ${until('$4')}) RETURNING user_id, id)
      INSERT INTO taskwire.message (user_id, conversation_id, role, content, key, request)
      SELECT user_id, id, 'user', $5, $6, $7 FROM begun RETURNING id, conversation_id`,
    values: [user_id, title, lease.holder, lease.ms, message.content, message.key, message.request],
  }
}

export interface LeaseTerms {
  readonly holder: string
  readonly ms: number
}

/** Takes the lease of a conversation if nobody has it. */
export function leaseTake({ user_id, conversation_id, holder }: Place, ms: number): Statement {
  return {
    text: `
      UPDATE taskwire.conversation SET lease_holder = $3, lease_until = ${until('$4')}, updated_at = now()
      WHERE user_id = $1 AND id = $2 AND (lease_until IS NULL OR lease_until < now()) RETURNING id`,
    values: [user_id, conversation_id, holder, ms],
  }
}

export function leaseRenew({ user_id, conversation_id, holder }: Place, ms: number): Statement {
  return {
    text: `
      UPDATE taskwire.conversation SET lease_until = ${until('$4')}
      WHERE user_id = $1 AND id = $2 AND lease_holder = $3 RETURNING id`,
    values: [user_id, conversation_id, holder, ms],
  }
}

export function leaseEnd({ user_id, conversation_id, holder }: Place): Statement {
  return {
    text: `
      UPDATE taskwire.conversation SET lease_holder = NULL, lease_until = NULL
      WHERE user_id = $1 AND id = $2 AND lease_holder = $3 RETURNING id`,
    values: [user_id, conversation_id, holder],
  }
}

/** What is known of a message with this key: its answer, if it has one, and who holds its conversation's lease. */
export interface KnownMessage {
  readonly id: number
  readonly conversation_id: number
  readonly request: string | null
  readonly holder: string | null
  readonly response: string | null
  readonly tool_calls: unknown
  readonly model: string | null
}

export function messageByKey(user_id: string, key: string): Statement {
  return {
    text: `
      SELECT asked.id, asked.conversation_id, asked.request,
        CASE WHEN lease_until >= now() THEN lease_holder END AS holder,
        answer.content AS response, answer.tool_calls, answer.model
      FROM taskwire.message asked
      JOIN taskwire.conversation ON conversation.user_id = asked.user_id AND conversation.id = asked.conversation_id
      LEFT JOIN taskwire.message answer ON answer.user_id = asked.user_id
        AND answer.conversation_id = asked.conversation_id AND answer.id > asked.id
        AND answer.answers = asked.id AND answer.status = 'done'
      WHERE asked.user_id = $1 AND asked.key = $2`,
    values: [user_id, key],
  }
}

export function messageInsert({ user_id, conversation_id }: Place, { content, key, request }: UserMessage): Statement {
  return {
    text: `
      INSERT INTO taskwire.message (user_id, conversation_id, role, content, key, request)
      VALUES ($1, $2, 'user', $3, $4, $5) RETURNING id`,
    values: [user_id, conversation_id, content, key, request],
  }
}

export interface PastRow {
  readonly role: string
  readonly content: string
  readonly tool_calls: unknown
}

/** The messages of a conversation before one, newest first. */
export function messagesBefore({ user_id, conversation_id }: Place, before: number, limit: number): Statement {
  return {
    text: `
      SELECT role, content, tool_calls FROM taskwire.message
      WHERE user_id = $1 AND conversation_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`,
    values: [user_id, conversation_id, before, limit],
  }
}

export interface AnswerRow {
  /** The id of the message that it answers. */
  readonly answers: number
  readonly content: string
  readonly tool_calls: string
  readonly status: 'done' | 'failed'
  readonly model: string | null
}

/** Stores an answer and gives the lease back. No row where the lease was lost: then nothing is stored. */
export function answerInsert({ user_id, conversation_id, holder }: Place, answer: AnswerRow): Statement {
  return {
    text: `
      WITH held AS (
        UPDATE taskwire.conversation SET lease_holder = NULL, lease_until = NULL, updated_at = now()
        WHERE user_id = $1 AND id = $2 AND lease_holder = $3 RETURNING user_id, id),
      earlier AS (
        DELETE FROM taskwire.message USING held
        WHERE message.user_id = held.user_id AND conversation_id = held.id AND answers = $4 AND status = 'failed')
      INSERT INTO taskwire.message (user_id, conversation_id, role, content, answers, tool_calls, status, model)
      SELECT user_id, id, 'assistant', $5, $4, $6::jsonb, $7, $8 FROM held RETURNING id`,
    values: [
      user_id,
      conversation_id,
      holder,
      answer.answers,
      answer.content,
      answer.tool_calls,
      answer.status,
      answer.model,
    ],
  }
}
