import { addRules, dutyRules } from './adding.ts'
import { describeRules } from './describing.ts'
import { renameRules } from './renaming.ts'
import { scheduleRules } from './scheduling.ts'
import { signRules } from './signing.ts'
import { statementRules } from './stating.ts'
import { completeRules } from './completing.ts'
import { filterWords } from './filter.ts'
import { listWords, readRules, stateQuestions } from './reading.ts'
import { deleteRules } from './removing.ts'
import { vocabulary, type Rule } from './rule.ts'
import { smallTalkRules } from './smalltalk.ts'
import { undoRules } from './undoing.ts'

export { smallTalkRules }

/** All commands; the first that fits counts. */
export const commandRules: readonly Rule[] = [
  ...undoRules,
  ...describeRules,
  ...signRules,
  ...scheduleRules,
  ...addRules,
  ...completeRules,
  ...renameRules,
  ...deleteRules,
  ...readRules,
  ...statementRules,
  ...dutyRules,
]

/** For a message with a question mark. What only these rules understand is read, never written. */
export const questionRules: readonly Rule[] = [...readRules, ...stateQuestions]

/** The words of the commands, which may be misspelt. */
export const commandWords: ReadonlySet<string> = new Set([...vocabulary(commandRules), ...listWords, ...filterWords])
