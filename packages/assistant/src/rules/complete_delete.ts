import { targetOf } from '../target.ts'
import type { Rule } from './rule.ts'

// Commands that complete, reopen and delete tasks.

const COMPLETE = '(?:complete|completed|done|finished|checked(?: off)?|off|as done)'
const INCOMPLETE =
  '(?:not\\s+(?:yet\\s+)?(?:complete|completed|done|finished)(?:\\s+yet)?|incomplete|uncompleted|pending|open|undone|unfinished|not done|active|to-?do|to do)'
const reopens = [
  /^undo\s+(?:the\s+)?completion\s+of\s+(.+)$/is,
  new RegExp(
    `^(?:mark|set|flag|make|put|move|change|switch)\\s+(.+?)\\s+(?:back\\s+)?(?:as\\s+|to\\s+|to be\\s+)?(?:being\\s+)?${INCOMPLETE}(?:\\s+again)?$`,
    'is',
  ),
  new RegExp(`^mark\\s+as\\s+${INCOMPLETE}:?\\s+(.+)$`, 'is'),
  /^(?:reopen|re-open|uncomplete|un-complete|uncheck|untick|unmark|unfinish|restart|reactivate|resume)\s+(.+)$/is,
  /^(.+?)\s+(?:is|are|was|were)(?:n't|\s+not)\s+(?:actually\s+|really\s+|yet\s+)?(?:done|completed?|finished)(?:\s+(?:yet|after all|actually))?$/is,
  /^i\s+(?:have\s*n't|have\s+not|did\s*n't|did\s+not)\s+(?:actually\s+|really\s+|yet\s+)?(?:done|do|completed?|finish(?:ed)?)\s+(.+?)(?:\s+(?:yet|after all|actually))?$/is,
]
const completes = [
  new RegExp(
    `^(?:mark|set|flag|make|put|move|change|tick|check|get)\\s+(.+?)\\s+(?:as\\s+|to\\s+|to be\\s+)?(?:being\\s+)?${COMPLETE}$`,
    'is',
  ),
  new RegExp(`^mark\\s+(?:as\\s+)?${COMPLETE}:?\\s+(.+)$`, 'is'),
  /^(?:check|tick|cross|strike|mark)\s+off\s+(.+)$/is,
  /^(?:cross|strike|scratch)\s+(.+?)\s+off(?:\s+(?:my|the)\s+(?:\S+\s+)?list)?$/is,
  /^(?:done|finished)\s+with\s+(.+)$/is,
  /^((?:task\s*)?#?\s*\d+)\s+(?:complete|completed|done|finished)$/is,
]
// Questions may begin like this too: "completed tasks" asks for a list.
const looseCompletes = [
  /^(?:complete|finish|close|tick|check|resolve|finalize|finalise|done|finished|completed|mark)\s*:?\s+(.+)$/is,
  /^i\s*(?:'m|\s+am)\s+(?:now\s+|all\s+)?(?:done|finished|through)\s+with\s+(.+)$/is,
  /^i(?:'ve|\s+have)?\s+(?:just\s+|already\s+|now\s+)?(?:finished|completed|done|did|ticked off|checked off|taken care of|took care of)\s+(?:with\s+)?(.+)$/is,
  /^(.+?)\s*(?:\s(?:is|are|has been|have been|was)|'s)\s+(?:now\s+|all\s+|already\s+|finally\s+)?(?:done|complete|completed|finished)(?:\s+now)?$/is,
]
const deletes = [
  /^(?:delete|remove|erase|discard|drop|trash|get rid of|throw (?:away|out)|scrap|bin|kill|destroy|wipe(?: out)?|clear(?: out)?|cancel|empty)\s+(.+)$/is,
  /^(?:take|get)\s+(.+?)\s+(?:off|out of)\s+(?:my|the)\s+(?:\S+\s+)?list$/is,
  /^(?:forget)\s+(?:about\s+)?((?:the\s+)?(?:.+\s+)?(?:task|todo|item)(?:\s*#?\d+)?)$/is,
  /^i\s+(?:don't|do not|no longer)\s+(?:need|want)\s+(.+?\b(?:task|todo|item)\b(?:\s*#?\d+)?)(?:\s+(?:any ?more|any longer))?$/is,
]

/** A rule for commands on existing tasks. "a ..." and "new ..." do not name an existing task. */
function onTasks(patterns: readonly RegExp[], action: 'complete' | 'reopen' | 'delete'): Rule {
  return (phrase) => {
    if (/^(?:what|which|show|list|how|do i|did i|have i|who|when|why|where)\b/i.test(phrase)) return undefined
    for (const pattern of patterns) {
      const named = pattern.exec(phrase)?.[1]
      if (named === undefined || /^(?:an?|new)\s+(?:new\s+)?\S+\s+\S/i.test(named)) continue
      return { do: action, target: targetOf(named) }
    }
    return undefined
  }
}

const missing = new RegExp(`^(complete|finish|delete|remove|reopen)$`, 'i')
export const withoutTarget: Rule = (phrase) => {
  const verb = missing.exec(phrase)?.[1]?.toLowerCase()
  if (verb === undefined) return undefined
  const action = verb === 'reopen' ? 'reopen' : verb === 'delete' || verb === 'remove' ? 'delete' : 'complete'
  return { do: action, target: { by: 'nothing' } }
}

export const reopen = onTasks(reopens, 'reopen')
export const complete = onTasks(completes, 'complete')
export const completeLoosely = onTasks(looseCompletes, 'complete')
export const deleteTasks = onTasks(deletes, 'delete')
