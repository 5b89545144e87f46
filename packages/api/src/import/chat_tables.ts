import { type ImportedRow, type OldRow, ownerAndIdProblems, selectedTimes, timesOf } from './old_row.ts'
import { importedConversation } from './old_source.ts'
import { type OldSources, quoted, type OldTable } from './old_table.ts'

const conversationColumns = ['id', 'user_id', 'created_at', 'updated_at']

export const conversationTable: OldTable = {
  name: 'conversation',
  requires: conversationColumns,
  mapping: (_columns, sources) => ({
    imports: [...conversationColumns, 'title'],
    select: [`to_jsonb(old) ->> 'title' AS title`, ...selectedTimes, `${firstMessage(sources)} AS first_message`],
    sets: [...conversationColumns, 'title'],
    rowOf: conversationRow,
  }),
}

const messageColumns = ['id', 'user_id', 'conversation_id', 'role', 'content', 'created_at']

export const messageTable: OldTable = {
  name: 'message',
  requires: messageColumns,
  mapping: (_columns, sources) => ({
    imports: messageColumns,
    select: [
      `${importedConversation('conversation_id', sources)} AS conversation_id`,
      'role',
      'content',
      'created_at::timestamptz::text',
      'NULL AS updated_at',
    ],
    sets: messageColumns,
    rowOf: messageRow,
  }),
}

function firstMessage(sources: OldSources): string {
  const messages = sources.get('message')
  if (messages === undefined) return 'NULL'
  const order = messages.hasNumbers ? 'id' : 'created_at, id'
  return `(SELECT left(content, 400) FROM public.${quoted(messages.table)} WHERE conversation_id = old.id AND role = 'user'
    ORDER BY ${order} LIMIT 1)`
}

/** A conversation here has a title: the beginning of its first message, unless the old row has one. */
function conversationRow(old: OldRow): ImportedRow {
  const problems = ownerAndIdProblems(old)
  if (problems.length > 0) return { refused: problems.join('; ') }
  const { times, notes } = timesOf(old)
  const words = [old['title'], old['first_message']].find((text) => typeof text === 'string' && text.trim() !== '')
  const title =
    typeof words === 'string' ? Array.from(words.trim().replaceAll(/\s+/g, ' ')).slice(0, 80).join('') : 'Conversation'
  return { row: { user_id: old.user_id, id: old.id, title, ...times }, notes }
}

function messageRow(old: OldRow): ImportedRow {
  const { id, user_id, conversation_id, role, content } = old
  const problems = [
    ...ownerAndIdProblems(old),
    role !== 'user' && role !== 'assistant' && `its role is ${JSON.stringify(role)}, not user or assistant`,
    typeof content !== 'string' && 'its content is null',
  ].filter((problem) => typeof problem === 'string')
  if (problems.length > 0) return { refused: problems.join('; ') }
  const { times, notes } = timesOf(old)
  return { row: { user_id, id, conversation_id, role, content, created_at: times.created_at }, notes }
}
