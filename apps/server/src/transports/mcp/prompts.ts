import { ProtocolError, ProtocolErrorCode, type Server } from '@modelcontextprotocol/server'

/** What a person starts from a menu of the client: the text that the model gets in their name. */
const prompts = [
  {
    name: 'plan_my_day',
    title: 'Plan my day',
    description: 'What is overdue and due today, in an order for the day',
    text:
      'Plan my day with my Taskwire list. Call list_tasks with due "overdue" and with due "today", and with status ' +
      '"pending" and sort "priority" if there is room for more. Propose an order for today with a reason in a few ' +
      'words for each, and name what could move to another day. Change nothing until I agree; then move the tasks ' +
      'with change_tasks.',
  },
  {
    name: 'weekly_review',
    title: 'Weekly review',
    description: 'What was done, what is overdue, and what comes in the next seven days',
    text:
      'Review my week with my Taskwire list. Call list_tasks with status "completed" and sort "completed_at" for what ' +
      'I have done, with due "overdue", with due "upcoming" for the next seven days, and with due "none" for what has ' +
      'no date. Sum up each part in a line or two, name tasks that seem stuck or double, and propose for each overdue ' +
      'one a new day or to drop it. Change nothing until I agree.',
  },
] as const

export function servePrompts(server: Server): void {
  server.setRequestHandler('prompts/list', () => ({
    prompts: prompts.map(({ name, title, description }) => ({ name, title, description })),
  }))
  server.setRequestHandler('prompts/get', ({ params }) => {
    const prompt = prompts.find(({ name }) => name === params.name)
    if (prompt === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${params.name}`)
    const { description, text } = prompt
    return { description, messages: [{ role: 'user', content: { type: 'text', text } }] }
  })
}
