import { rule, type Rule } from './rule.ts'
import { targetOf } from './target.ts'

const MARK = '(mark|set|flag|make|put|move|change|tick|check|switch|turn)'
const ADVERB = '[now|all|already|finally|just|officially]'

/** Commands that complete tasks, or reopen completed ones. Reopening comes first: "not done" contains "done". */
export const completeRules: readonly Rule[] = [
  rule(
    `undo [the] completion of <tasks>
     ${MARK} <tasks> [back] [as|to|to be|as being] UNDONE [again]
     mark as UNDONE <tasks>
     (reopen|re-open|uncomplete|un-complete|uncheck|untick|unmark|unfinish|reactivate|un-check) <tasks> [again]
     <tasks> (is not|isn't|are not|aren't|was not|wasn't|is not actually|isn't actually|is not really|isn't really) (done|complete|completed|finished) [yet|after all|actually]
     i (haven't|have not|didn't|did not) [actually|really|yet] (done|do|completed|complete|finished|finish) <tasks> [yet|after all|actually]
     open <tasks> again`,
    ({ tasks = [] }) => ({ do: 'reopen', target: targetOf(tasks) }),
  ),
  rule(
    `mark (as|as being) DONE <tasks>
     mark DONE <tasks>
     ${MARK} [off] <tasks> [as|to|to be|as being] DONE [now|already]
     (check|tick|cross|strike|mark) off <tasks>
     (cross|strike|scratch|check|tick) <tasks> off [my list|the list|my todo list|of my list]
     (done|finished|all done|i am done|i'm done|i am finished|i'm finished|through|i'm all done|i am all done|i'm now done) with <tasks>
     (complete|finish|close out|close|tick|resolve|finalize|finalise) [off] <tasks>
     i (finished|completed|did|ticked off|checked off|took care of) [with] <tasks> [today|already|now]
     (i've|i have|i just|i already|i've just|i have just|i've already|i have already|i finally|just) (finished|completed|done|did|ticked off|checked off|taken care of) [with] <tasks> [today|already|now]
     <tasks> (is|are|has been|have been|was|are all|is all|were) ${ADVERB} DONE [now|already|too]
     <tasks> ${ADVERB} DONE`,
    ({ tasks = [] }) => ({ do: 'complete', target: targetOf(tasks) }),
  ),
  rule('(completed|finished|done) <tasks>', ({ tasks = [] }) => {
    const target = targetOf(tasks)
    return target.by === 'nothing' || target.by === 'filter' ? undefined : { do: 'complete', target }
  }),
  rule(`(complete|finish|check off|tick off|mark as done|mark done|done|finished)`, () => ({
    do: 'complete',
    target: { by: 'nothing' },
  })),
  rule(`(reopen|uncheck|untick)`, () => ({ do: 'reopen', target: { by: 'nothing' } })),
]
