import { quickAdd } from '@taskwire/calendar'
import type { AddCommand, NewTask } from '../command.ts'
import { capital } from '../grammar/title.ts'
import type { Understood } from '../language/understanding.ts'
import { quoted } from '../replies.ts'
import type { Outcome, Situation } from '../steps.ts'
import { fieldsText } from '../task_text.ts'
import type { Plan } from './plan.ts'
import { MAX_TASKS } from './resolve.ts'

export function planAdd(command: AddCommand, understood: Understood, situation: Situation): Plan | Outcome {
  const { tasks, reminds, isVague } = command
  if (tasks.length > MAX_TASKS) return { reply: `I can add at most ${MAX_TASKS} tasks at once, so I have added none.` }
  const all = tasks.map((task) => fieldsOf(task, situation))
  if (all.length === 0 || all.some(({ title }) => title === '')) {
    return { reply: 'What should the task be called?', question: { asks: 'title', understood } }
  }
  const sentence = all.map((fields) => `${quoted(fields.title)}${fieldsText(fields)}`).join(', ')
  return {
    uses: all.map((args) => ({ tool: 'add_task', args })),
    sentence: `add ${sentence} to your list`,
    needsConsent: isVague || understood.isQuestion,
    ...(reminds && { note: 'I send no reminders, but it is on your list.' }),
  }
}

/** The fields of a new task: what its text says by the grammar of quick add, which all clients share. */
function fieldsOf(
  { title, isQuoted, more, description }: NewTask,
  { clock }: Situation,
): { title: string } & Record<string, unknown> {
  const described = description === undefined ? {} : { description }
  if (!isQuoted) {
    const read = quickAdd(more === undefined ? title : `${title} ${more}`, clock)
    return { title: capital(read.title.replace(/^to (?=\S)/, '')), ...read.fields, ...described }
  }
  const read = quickAdd(more ?? '', clock)
  return { title: capital(read.title === '' ? title : `${title} ${read.title}`), ...read.fields, ...described }
}
