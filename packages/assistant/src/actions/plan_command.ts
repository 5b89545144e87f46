import type { Command } from '../command.ts'
import type { Understood } from '../language/understanding.ts'
import type { Outcome, Situation, Steps } from '../steps.ts'
import { planAdd } from './add.ts'
import { planChange } from './change.ts'
import type { Plan } from './plan.ts'
import { planUndo } from './undo.ts'

export type WriteCommand = Exclude<
  Command,
  { readonly do: 'list' | 'count' | 'show' | 'yes' | 'no' | 'help' | 'greet' | 'thanks' | 'bye' | 'trash' }
>

/** What a command will do, found by reading alone, or the reply that asks for what is missing. */
export function* planOf(command: WriteCommand, understood: Understood, situation: Situation): Steps<Plan | Outcome> {
  switch (command.do) {
    case 'add':
      return planAdd(command, understood, situation)
    case 'undo':
      return planUndo(command, understood, situation)
    default:
      return yield* planChange(command, understood, situation)
  }
}
