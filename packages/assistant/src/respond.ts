import type { Plan } from './actions/plan.ts'
import { planOf, type WriteCommand } from './actions/plan_command.ts'
import { countTasks, listTasks, showTasks } from './actions/read.ts'
import { unclear } from './actions/resolve.ts'
import { answerTo } from './answer.ts'
import { isWrite, type Command } from './command.ts'
import { changesIn } from './changes.ts'
import { understand } from './language/understand.ts'
import type { Understood } from './language/understanding.ts'
import { hintFor } from './hints.ts'
import { outcomeText } from './replies/outcomes.ts'
import { consentQuestion } from './replies/questions.ts'
import { fixedReplies } from './replies/fixed_replies.ts'
import type { Outcome, Situation, Steps } from './steps.ts'
import { toolCalls } from './tool_calls.ts'

/** Answers a message: with the outcome of its commands or, unless all of it is understood, with a question. */
export function* respond(message: string, situation: Situation): Steps<Outcome> {
  const understanding = understand(message)
  const { question, pending } = situation.dialogue
  const answer = question === undefined ? undefined : answerTo(question, message, understanding)
  if (answer !== undefined) {
    if ('uses' in answer) return { reply: outcomeText(yield* toolCalls(answer.uses)) }
    return 'reply' in answer ? answer : yield* run(answer.commands, situation)
  }
  if ('unclear' in understanding) {
    const hint = hintFor(message)
    return { reply: `${unclear(understanding.unclear)} ${hint}` }
  }
  const [first] = understanding.commands
  if (first?.command.do === 'yes' && pending.length > 0) return { reply: outcomeText(yield* toolCalls(pending)) }
  if (first?.command.do === 'no' && pending.length > 0) return { reply: fixedReplies.left }
  return yield* run(understanding.commands, situation)
}

/** Plans all commands before the first is carried out: where one of them is unclear, nothing is changed. */
function* run(commands: readonly Understood[], situation: Situation): Steps<Outcome> {
  const planned: (Plan | undefined)[] = []
  for (const [index, understood] of commands.entries()) {
    const { command } = understood
    if (!isWriteCommand(command) || isLate(command, commands.slice(0, index))) {
      planned.push(undefined)
      continue
    }
    const plan = yield* planOf(command, understood, situation)
    if ('reply' in plan) return plan
    planned.push(plan)
  }
  const plans = planned.filter((plan) => plan !== undefined)
  if (plans.some(({ needsConsent }) => needsConsent)) return consentFor(commands, plans)
  return yield* carriedOut(stepsOf(commands, planned), situation)
}

function consentFor(commands: readonly Understood[], plans: readonly Plan[]): Outcome {
  if (plans.length < commands.length) return { reply: fixedReplies.oneByOne }
  return consentQuestion(
    plans.map(({ sentence }) => sentence),
    plans.flatMap(({ uses }) => uses),
  )
}

/** The plans that are carried out together, or a command that is not planned. */
type Step = readonly Plan[] | Understood

function stepsOf(commands: readonly Understood[], planned: readonly (Plan | undefined)[]): readonly Step[] {
  const steps: Step[] = []
  for (const [index, understood] of commands.entries()) {
    const plan = planned[index]
    const last = steps.at(-1)
    if (plan === undefined) steps.push(understood)
    // Removals that arrive together are confirmed together.
    else if (isPlans(last)) steps.splice(-1, 1, [...last, plan])
    else steps.push([plan])
  }
  return steps
}

function isPlans(step: Step | undefined): step is readonly Plan[] {
  return Array.isArray(step)
}

function* carriedOut(steps: readonly Step[], situation: Situation): Steps<Outcome> {
  const outcomes: Outcome[] = []
  let current = situation
  for (const step of steps) {
    if (!isPlans(step)) {
      const outcome = yield* late(step, current)
      const { shown } = outcome
      if (shown !== undefined)
        current = { ...current, dialogue: { ...current.dialogue, shown, mentioned: shown.map(({ id }) => id) } }
      outcomes.push(outcome)
      continue
    }
    const uses = step.flatMap((plan) => plan.uses)
    const calls = step.some(({ isConfirmed }) => isConfirmed) ? yield uses : yield* toolCalls(uses)
    const notes = new Set(step.flatMap(({ note }) => note ?? []))
    outcomes.push({ reply: [outcomeText(calls), ...notes].join(' ') })
    current = {
      ...current,
      dialogue: { ...current.dialogue, mentioned: changesIn(calls).map(({ task_id }) => task_id) },
    }
  }
  return { ...outcomes.at(-1), reply: outcomes.map(({ reply }) => reply).join('\n') }
}

/** A question, or a command on "it": the task of the command before it. */
function* late(understood: Understood, situation: Situation): Steps<Outcome> {
  const { command } = understood
  if (!isWriteCommand(command)) return yield* read(command, understood, situation)
  const plan = yield* planOf(command, understood, situation)
  if ('reply' in plan) return plan
  if (plan.needsConsent) return consentQuestion([plan.sentence], plan.uses)
  return { reply: outcomeText(yield* toolCalls(plan.uses)) }
}

/** Whether the command is about what an earlier one in the message has yet to make or to show. */
function isLate(command: WriteCommand, before: readonly Understood[]): boolean {
  if (!('target' in command)) return false
  const { by } = command.target
  if (by === 'mention') return before.some((earlier) => isWrite(earlier.command) || earlier.command.do === 'list')
  return (by === 'number' || by === 'position') && before.some((earlier) => earlier.command.do === 'list')
}

function isWriteCommand(command: Command): command is WriteCommand {
  return isWrite(command)
}

function* read(command: Exclude<Command, WriteCommand>, understood: Understood, situation: Situation): Steps<Outcome> {
  switch (command.do) {
    case 'list':
      return yield* listTasks(command.filter, situation)
    case 'count':
      return yield* countTasks(command.filter, situation)
    case 'show':
      return yield* showTasks(command.target, understood, situation)
    default:
      return { reply: fixedReplies[command.do] }
  }
}
