import { INT32_MAX, isUserId } from '../limits.ts'

/** The row to insert for a row of the old service, or the reason why it cannot be imported. */
export type Translated = { row: Record<string, unknown>; notes?: string[] } | { refused: string }

export type OldRow = Record<string, unknown> & { id: unknown; user_id: unknown }

export function translatedTask(old: OldRow): Translated {
  const title = typeof old['title'] === 'string' ? old['title'] : ''
  const description = typeof old['description'] === 'string' ? old['description'] : null
  const problems = [
    ...ownerAndId(old),
    title.trim() === '' && 'its title is empty',
    codePoints(title.trim()) > 200 && `its title has ${codePoints(title.trim())} characters, 200 are allowed`,
    codePoints(description ?? '') > 1000 &&
      `its description has ${codePoints(description ?? '')} characters, 1000 are allowed`,
  ].filter((problem) => typeof problem === 'string')
  if (problems.length > 0) return { refused: problems.join('; ') }
  const { times, notes } = timesOf(old)
  if (title !== title.trim()) notes.push('blanks around the title removed')
  if (typeof old['completed'] !== 'boolean') notes.push('completed was null: taken as false')
  const { id, user_id } = old
  return {
    row: { user_id, id, title: title.trim(), description, completed: old['completed'] === true, ...times },
    notes,
  }
}

/** A conversation here has a title: the beginning of its first message, unless the old row has one. */
export function translatedConversation(old: OldRow): Translated {
  const problems = ownerAndId(old)
  if (problems.length > 0) return { refused: problems.join('; ') }
  const { times, notes } = timesOf(old)
  const words = [old['title'], old['first_message']].find((text) => typeof text === 'string' && text.trim() !== '')
  const title =
    typeof words === 'string' ? Array.from(words.trim().replaceAll(/\s+/g, ' ')).slice(0, 80).join('') : 'Conversation'
  return { row: { user_id: old.user_id, id: old.id, title, ...times }, notes }
}

export function translatedMessage(old: OldRow): Translated {
  const { id, user_id, conversation_id, role, content } = old
  const problems = [
    ...ownerAndId(old),
    role !== 'user' && role !== 'assistant' && `its role is ${JSON.stringify(role)}, not user or assistant`,
    typeof content !== 'string' && 'its content is null',
  ].filter((problem) => typeof problem === 'string')
  if (problems.length > 0) return { refused: problems.join('; ') }
  const { times, notes } = timesOf(old)
  return { row: { user_id, id, conversation_id, role, content, created_at: times.created_at }, notes }
}

function ownerAndId({ id, user_id }: OldRow): string[] {
  const problems: string[] = []
  if (!isUserId(user_id)) {
    problems.push(
      'its user id is not one that a token can name (1 to 128 characters, no control characters, not "auth")',
    )
  }
  if (typeof id !== 'number' || id < 1 || id > INT32_MAX) problems.push(`its id is not between 1 and ${INT32_MAX}`)
  return problems
}

function timesOf({ created_at, updated_at }: OldRow): {
  times: { created_at: unknown; updated_at: unknown }
  notes: string[]
} {
  // Not the current time: a repeated run finds the row again by its creation time.
  const created = created_at ?? updated_at ?? '1970-01-01T00:00:00Z'
  const notes =
    created_at === null ? [`created_at was null: taken as ${updated_at === null ? '1970-01-01' : 'updated_at'}`] : []
  return { times: { created_at: created, updated_at: updated_at ?? created }, notes }
}

function codePoints(text: string): number {
  return Array.from(text).length
}
