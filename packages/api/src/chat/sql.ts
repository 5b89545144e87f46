import type { Statement } from '@taskwire/db'
import { statementName } from '../core/statement.ts'
import type { TokenUsage } from './schema.ts'

// The statements that let a conversation have one turn at a time, on all replicas. Only the database's clock counts. Those
// that are always short share connections; an answer, and what was said before, may be long.

/** A conversation and the holder of its lease. */
export interface LeasedConversation {
  readonly user_id: string
  readonly conversation_id: number
  readonly holder: string
}

export interface UserMessage {
  readonly content: string
  readonly key: string | null
  readonly request: string | null
}

const names = new Map<string, string>()

/** A text with its name, which is computed once. */
function named(label: string, text: string) {
  const name = names.get(label) ?? statementName(label, text)
  names.set(label, name)
  return { name, text }
}

const until = (parameter: string) => `now() + ${parameter} * interval '1 millisecond'`

/** Creates a conversation with its lease and first message; fails as a whole if the message's key is in use. */
export function conversationInsert(user_id: string, title: string, message: UserMessage, lease: NewLease): Statement {
  return {
    ...named(
      'conversation_insert',
      `
      WITH created AS (
        INSERT INTO taskwire.conversation (user_id, title, lease_holder, lease_until)
        VALUES ($1, $2, $3, ${until('$4')}) RETURNING user_id, id)
      INSERT INTO taskwire.message (user_id, conversation_id, role, content, key, request)
      SELECT user_id, id, 'user', $5, $6, $7 FROM created RETURNING id, conversation_id`,
    ),
    values: [user_id, title, lease.holder, lease.leaseMs, message.content, message.key, message.request],
    pipeline: { lockKey: user_id },
  }
}

export interface NewLease {
  readonly holder: string
  readonly leaseMs: number
}

/** Acquires the lease of a conversation if it is free or expired. */
export function leaseAcquire({ user_id, conversation_id, holder }: LeasedConversation, leaseMs: number): Statement {
  return {
    ...named(
      'lease_acquire',
      `
      UPDATE taskwire.conversation SET lease_holder = $3, lease_until = ${until('$4')}, updated_at = now()
      WHERE user_id = $1 AND id = $2 AND (lease_until IS NULL OR lease_until < now()) RETURNING id`,
    ),
    values: [user_id, conversation_id, holder, leaseMs],
    pipeline: { lockKey: user_id },
  }
}

export function leaseRenew({ user_id, conversation_id, holder }: LeasedConversation, leaseMs: number): Statement {
  return {
    ...named(
      'lease_renew',
      `
      UPDATE taskwire.conversation SET lease_until = ${until('$4')}
      WHERE user_id = $1 AND id = $2 AND lease_holder = $3 RETURNING id`,
    ),
    values: [user_id, conversation_id, holder, leaseMs],
    pipeline: { lockKey: user_id },
  }
}

export function leaseRelease({ user_id, conversation_id, holder }: LeasedConversation): Statement {
  return {
    ...named(
      'lease_release',
      `
      UPDATE taskwire.conversation SET lease_holder = NULL, lease_until = NULL
      WHERE user_id = $1 AND id = $2 AND lease_holder = $3 RETURNING id`,
    ),
    values: [user_id, conversation_id, holder],
    pipeline: { lockKey: user_id },
  }
}

/** A message with this key, its answer if it has one, and the current holder of its conversation's lease. */
export interface KeyedMessage {
  readonly id: number
  readonly conversation_id: number
  readonly request: string | null
  readonly holder: string | null
  readonly response: string | null
  readonly tool_calls: unknown
  readonly model: string | null
  readonly status: string | null
  readonly input_tokens: number | null
  readonly output_tokens: number | null
}

export function messageByKey(user_id: string, key: string): Statement {
  return {
    ...named(
      'message_by_key',
      `
      SELECT prompt.id, prompt.conversation_id, prompt.request,
        CASE WHEN lease_until >= now() THEN lease_holder END AS holder,
        answer.content AS response, answer.tool_calls, answer.model,
        answer.status, answer.input_tokens, answer.output_tokens
      FROM taskwire.message prompt
      JOIN taskwire.conversation ON conversation.user_id = prompt.user_id AND conversation.id = prompt.conversation_id
      LEFT JOIN taskwire.message answer ON answer.user_id = prompt.user_id
        AND answer.conversation_id = prompt.conversation_id AND answer.id > prompt.id
        AND answer.answers = prompt.id AND answer.status IN ('done', 'incomplete')
      WHERE prompt.user_id = $1 AND prompt.key = $2`,
    ),
    values: [user_id, key],
  }
}

/**
 * Stores a message of the user. Returns no row, and stores nothing, if the lease was lost. The conversation is locked
 * first: it waits for a running deletion, and a later deletion includes the message.
 */
export function messageInsert(
  { user_id, conversation_id, holder }: LeasedConversation,
  { content, key, request }: UserMessage,
): Statement {
  return {
    ...named(
      'message_insert',
      `
      WITH leased AS (
        SELECT user_id, id FROM taskwire.conversation
        WHERE user_id = $1 AND id = $2 AND lease_holder = $3 FOR KEY SHARE)
      INSERT INTO taskwire.message (user_id, conversation_id, role, content, key, request)
      SELECT user_id, id, 'user', $4, $5, $6 FROM leased RETURNING id`,
    ),
    values: [user_id, conversation_id, holder, content, key, request],
    pipeline: { lockKey: user_id },
  }
}

export interface ConversationRow {
  readonly id: number
  readonly user_id: string
  readonly title: string
  readonly created_at: Date
  readonly updated_at: Date
}

/** All conversations of a user, the latest first. */
export function allConversations(user_id: string): Pick<Statement, 'text' | 'values'> {
  return {
    text: `
      SELECT id, user_id, title, created_at, updated_at FROM taskwire.conversation
      WHERE user_id = $1 ORDER BY updated_at DESC, id DESC`,
    values: [user_id],
  }
}

export interface MessageRow {
  readonly role: string
  readonly content: string
  readonly tool_calls: unknown
}

/** The messages of a conversation before one, newest first. */
export function messagesBefore(
  { user_id, conversation_id }: LeasedConversation,
  before: number,
  limit: number,
): Statement {
  return {
    ...named(
      'messages_before',
      `
      SELECT role, content, tool_calls FROM taskwire.message
      WHERE user_id = $1 AND conversation_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`,
    ),
    values: [user_id, conversation_id, before, limit],
  }
}

export interface AnswerRow {
  /** The id of the user's message. */
  readonly answers: number
  readonly content: string
  readonly tool_calls: string
  readonly status: 'done' | 'incomplete' | 'failed'
  readonly model: string | null
  readonly usage: TokenUsage | undefined
}

/** Stores an answer and releases the lease. Returns no row, and stores nothing, if the lease was lost. */
export function answerInsert({ user_id, conversation_id, holder }: LeasedConversation, answer: AnswerRow): Statement {
  return {
    ...named(
      'answer_insert',
      `
      WITH leased AS (
        UPDATE taskwire.conversation SET lease_holder = NULL, lease_until = NULL, updated_at = now()
        WHERE user_id = $1 AND id = $2 AND lease_holder = $3 RETURNING user_id, id),
      earlier AS (
        DELETE FROM taskwire.message USING leased
        WHERE message.user_id = leased.user_id AND conversation_id = leased.id AND answers = $4 AND status = 'failed')
      INSERT INTO taskwire.message (user_id, conversation_id, role, content, answers, tool_calls, status, model,
        input_tokens, output_tokens)
      SELECT user_id, id, 'assistant', $5, $4, $6::jsonb, $7, $8, $9, $10 FROM leased RETURNING id`,
    ),
    values: [
      user_id,
      conversation_id,
      holder,
      answer.answers,
      answer.content,
      answer.tool_calls,
      answer.status,
      answer.model,
      answer.usage?.input_tokens ?? null,
      answer.usage?.output_tokens ?? null,
    ],
  }
}
