import { isPendingConfirmation } from '@taskwire/api/consent'
import { z } from 'zod'
import { changesIn, type Written } from '../changes.ts'
import type { CompletedCall } from '../conversation.ts'
import { fieldsText } from './fields.ts'
import { quoted } from './quote.ts'

const verbs: Readonly<Record<string, string>> = {
  created: 'Added',
  completed: 'Completed',
  reopened: 'Reopened',
  updated: 'Changed',
  deleted: 'Deleted',
  undone: 'Undid the last change to',
}

/** The outcome of calls: first the completed ones, then those that wait for confirmation, then the failed ones. */
export function outcomeText(calls: readonly CompletedCall[]): string {
  const pending = calls.filter(isPendingConfirmation).length
  const sentences = [
    ...successTexts(calls),
    ...(pending > 0 ? [pendingText(pending)] : []),
    ...new Set(calls.flatMap((call) => failureOf(call) ?? [])),
  ]
  return sentences.length === 0 ? 'Done.' : sentences.join(' ')
}

function successTexts(calls: readonly CompletedCall[]): string[] {
  const together = calls.flatMap(({ result }) => (Array.isArray(result['undone']) ? result['undone'] : []))
  if (together.length > 1) return [`Undid ${together.length} changes.`]
  const done = calls.flatMap((call) =>
    changesIn([call]).map(({ status, title }) => ({ status, name: `${quoted(title)}${changedText(call)}` })),
  )
  return [...Map.groupBy(done, ({ status }) => status)].map(([status, all]) => {
    const names = all.map(({ name }) => name)
    const verb = verbs[status] ?? 'Done:'
    return names.length === 1 ? `${verb} ${names.join()}.` : `${verb} ${names.length} tasks: ${names.join(', ')}.`
  })
}

/** What a call set beside the title, from the arguments that it was made with. */
function changedText({ tool, args }: CompletedCall): string {
  if (tool !== 'add_task' && tool !== 'update_task') return ''
  const cleared = [
    ...(args['due_date'] === null ? [', no due date'] : []),
    ...(args['priority'] === null ? [', no priority'] : []),
    ...(args['recurrence'] === null ? [', no repetition'] : []),
  ]
  return fieldsText(args) + cleared.join('')
}

function pendingText(count: number): string {
  return count === 1
    ? 'That needs your confirmation, so I have not done it yet.'
    : `That would be ${count} at once, so I have not done it yet.`
}

/** The reply to a read that failed. */
export function failureText(calls: readonly CompletedCall[]): string {
  return outcomeText(calls)
}

export const nothingToUndo = 'There is nothing left to undo in this conversation.'

const undone: Readonly<Record<string, string>> = {
  created: 'remove',
  completed: 'reopen',
  reopened: 'complete',
  updated: 'change back',
  deleted: 'bring back',
}

/** What undoing these changes does. */
export function undoText(changes: readonly Written[]): string {
  return changes.map(({ status, title }) => `${undone[status] ?? 'undo'} ${quoted(title)}`).join(', ')
}

function failureOf({ tool, args, result }: CompletedCall): string | undefined {
  switch (result['code']) {
    case undefined:
      return undefined
    case 'task_not_found':
      return `There is no task ${JSON.stringify(args['task_id'])} on your list.`
    case 'change_not_found':
      return nothingToUndo
    case 'undo_conflict':
      return 'That task has been changed since then, so I cannot undo the change.'
    case 'version_mismatch':
      return 'That task has been changed just now. Please try again.'
    case 'validation_failed':
      return tool === 'undo' ? nothingToUndo : `That is not possible: ${brokenRules(result)}`
    case 'database_unavailable':
    case 'overloaded':
      return 'I cannot reach your tasks right now. Please try again.'
    default:
      return 'That did not work.'
  }
}

const fieldErrors = z.object({ fields: z.array(z.object({ loc: z.array(z.unknown()), msg: z.string() })) })

function brokenRules(result: CompletedCall['result']): string {
  const { fields } = fieldErrors.catch({ fields: [] }).parse(result)
  const rules = fields.map(({ loc, msg }) => `${String(loc.at(-1))}: ${msg}`)
  return rules.length === 0 ? 'please check the title and the description.' : `${rules.join('; ')}.`
}
