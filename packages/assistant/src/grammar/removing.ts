import { rule, type Rule } from './rule.ts'
import { targetOf } from './target.ts'

/** Commands that delete tasks. */
export const deleteRules: readonly Rule[] = [
  rule(
    `(delete|remove|erase|discard|trash|get rid of|throw away|throw out) <tasks>
     (take|get|move) <tasks> (off|out of|off of) MY LIST`,
    ({ tasks = [] }) => ({ do: 'delete', target: targetOf(tasks), isVague: false }),
  ),
  rule(`(delete|remove|erase) [something|one]`, () => ({ do: 'delete', target: { by: 'nothing' }, isVague: false })),
  // Words that may mean something else than the list, so that they are asked about first.
  rule(
    `(drop|scrap|bin|kill|destroy|wipe out|wipe|clear out|clear|clean up|cancel|empty|forget about|forget|scratch|dump|ditch|nuke|purge) <tasks>
     (i don't|i do not|i no longer|we don't|we no longer) (need|want) <tasks> [any more|anymore|any longer|now]
     <tasks> (is no longer needed|is not needed anymore|can go|can be deleted|can be removed|should be deleted)`,
    ({ tasks = [] }) => {
      const target = targetOf(tasks)
      return target.by === 'nothing' ? undefined : { do: 'delete', target, isVague: target.by !== 'filter' }
    },
  ),
]
