import type { Command, UnsupportedRequest } from '../command.ts'
import { isAdding } from './add.ts'
import type { Rule } from './rule.ts'

// Requests that the offline assistant cannot fulfil.

export const others: Rule = (phrase) => {
  const owner = /\b([a-z]+)'s?\s+(?:\w+\s+)?(?:tasks|todos|to-dos|list|items|account)\b/i.exec(phrase)?.[1]
  const possessive =
    owner !== undefined &&
    !/^(?:what|that|it|let|here|there|who|today|tomorrow|week|month|tonight|yesterday|doesn|don|isn|haven|didn|aren|won|can)$/i.test(
      owner,
    )
  const named =
    /\b(?:other|another|all|every|different)\s+(?:users?|people|persons?|accounts?)\b|\b(?:everyone|everybody|someone else|somebody else)\b|\b(?:tasks?|lists?)\s+(?:of|for|from|belonging to)\s+(?:the\s+)?(?:user|account)\b|\bas user\b|\buser[_ ]?id\b/i
  if (isAdding(phrase)) return undefined
  return possessive || named.test(phrase) ? { do: 'decline', request: 'others' } : undefined
}

export const trash: Rule = (phrase) =>
  /^(?:restore|bring back|recover|undelete)\b/i.test(phrase) ||
  (/\b(?:trash|deleted (?:tasks|ones|items)|recycle bin)\b/i.test(phrase) &&
    /^(?:show|list|what|which|empty|view|see|restore|display)/i.test(phrase))
    ? { do: 'decline', request: 'trash' }
    : undefined

// Properties that tasks do not have here. Checked only if the text cannot be a title.
const properties: readonly [RegExp, UnsupportedRequest][] = [
  [
    /\b(?:due|deadlines?|dates?|reminders?|times?|alarms?|recurring|repeat|every (?:day|week|month)|schedule|calendar|snooze|postpone)\b/i,
    'dates',
  ],
  [
    /\b(?:priorit(?:y|ies|ize|ise)|urgent|importance|important|tags?|labels?|colou?rs?|categor(?:y|ies|ize|ise)|projects?|subtasks?|stars?|pin)\b/i,
    'priorities',
  ],
  [/\b(?:shar(?:e|ing)|assign|assignee|invite|delegate|e-?mail|send|export|print|text|message)\b/i, 'sharing'],
]

export function propertyIn(text: string): Command | undefined {
  const property = properties.find(([pattern]) => pattern.test(text))
  return property === undefined ? undefined : { do: 'decline', request: property[1] }
}

export const unsupported: Rule = (phrase) =>
  /^(?:set|make|change|assign|share|send|e-?mail|schedule|prioriti[sz]e|tag|label|snooze|postpone|move|export|star|pin|invite|delegate|text|message|print|sort|filter|group|order|show|list|what)\b/i.test(
    phrase,
  )
    ? propertyIn(phrase)
    : undefined
