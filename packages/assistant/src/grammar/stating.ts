import { renamed } from './renaming.ts'
import { rule, type Rule } from './rule.ts'
import { scheduled } from './scheduling.ts'
import { prioritized } from './signing.ts'

/** What somebody says of a task, rather than wants: "task 2 is due on friday". */
export const statementRules: readonly Rule[] = [
  rule(
    `<tasks> (is|are|should be|must be) due [on|by|:] <when>
     <tasks> due <when>`,
    ({ tasks = [], when = [] }, message) => scheduled(tasks, when, message),
  ),
  rule('<tasks> (is|are) [a] <level> [priority]', ({ tasks = [], level = [] }) => prioritized(tasks, level)),
  rule('<tasks> should (be called|be|say|read) <title>', ({ tasks = [], title = [] }, message) =>
    renamed(tasks, title, message),
  ),
]
