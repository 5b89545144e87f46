import type { AddCommand, NewTask } from '../command.ts'
import { capital } from '../grammar/title.ts'
import type { Understood } from '../language/understanding.ts'
import { quoted } from '../replies/quote.ts'
import type { Outcome, Situation } from '../steps.ts'
import { fieldsText } from '../replies/fields.ts'
import { spokenFields } from '../spoken_fields.ts'
import type { Plan } from './plan.ts'
import { MAX_TASKS, unclear } from './resolve.ts'

export function planAdd(command: AddCommand, understood: Understood, situation: Situation): Plan | Outcome {
  const { tasks, reminds, isVague } = command
  if (tasks.length > MAX_TASKS) return { reply: `I can add at most ${MAX_TASKS} tasks at once, so I have added none.` }
  const read = tasks.map((task) => fieldsOf(task, situation))
  const refused = read.find((each) => 'reply' in each)
  if (refused !== undefined) return { reply: String(refused.reply) }
  const all = read.filter((each) => 'title' in each)
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

type NewFields = { readonly title: string } & Readonly<Record<string, unknown>>

/** The fields of a new task, or what its text says beside a quoted title and is not understood. */
function fieldsOf({ title, isQuoted, more = '', description }: NewTask, { clock }: Situation): NewFields | Outcome {
  const described = description === undefined ? {} : { description }
  if (isQuoted) {
    const read = spokenFields(more, clock)
    return read.title === '' ? { title: capital(title), ...read.fields, ...described } : { reply: unclear(read.title) }
  }
  const read = spokenFields(`${title} ${more}`.trim(), clock)
  // "remind me tomorrow to call Ann"
  const rest = read.title.startsWith('to ') ? read.title.slice(3) : read.title
  return { title: capital(rest), ...read.fields, ...described }
}
