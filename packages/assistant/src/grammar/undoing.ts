import { rule, type Rule } from './rule.ts'
import { numberOf } from './vocabulary.ts'

const UNDO = '(undo|revert|roll back|rollback|take back|reverse)'
const THING =
  '(change|action|thing|one|step|edit|deletion|delete|removal|update|addition|completion|move|command|operation)'
const LAST = '(last|latest|previous|recent|most recent)'

export const undoRules: readonly Rule[] = [
  rule(
    `[oops|wait|no|sorry|damn|oh] [wait|no|sorry] ${UNDO} [that|it all|it|this|all of that|all that|all of it|them|these|those|them all|all of them|what you did|what you just did|everything you just did|all that you just did|again|once more|one more] [again|now]
     ${UNDO} (the|my|your|that|this) [${LAST.slice(1, -1)}] ${THING}
     ${UNDO} ${LAST}
     [oops|wait|no|sorry] (take|put|bring) (that|it|this|them|those|all that|it all|all of it|all of that|all of them|the task|the tasks) back
     (bring back|put back|restore|undelete|un-delete|recover) (that|it|this|them|those|the task|the tasks|the deleted task|the deleted tasks|all of them|them all|what you deleted)
     (undelete|un-delete|restore)`,
    () => ({ do: 'undo', times: 'message' }),
  ),
  rule(
    `${UNDO} [the|my|your] ${LAST} <count> [changes|things|actions|steps|edits|ones|commands|times]`,
    ({ count = [] }) => {
      const times = count.length === 1 ? numberOf(count[0]?.text ?? '') : undefined
      return times === undefined || times < 1 ? undefined : { do: 'undo', times: Math.min(times, 50) }
    },
  ),
  rule(`${UNDO} (twice|two times)`, () => ({ do: 'undo', times: 2 })),
  rule(
    `${UNDO} (everything|all|all changes|all my changes|all the changes|all of your changes|all your changes)`,
    () => ({ do: 'undo', times: 'all' }),
  ),
]
