import { protectedProcedure, router } from '../core/trpc.ts'
import { reminderPage, updateReminder } from './reminder.ts'
import { reminderOutput, remindersInput, remindersOutput, updateReminderInput } from './schema.ts'

const path = '/api/{user_id}/reminders'

export const reminderRouter = router({
  list: protectedProcedure
    .meta({
      summary: 'List your reminders by their times: those to come, and those that have fired',
      rest: { methods: ['GET'], path, status: 200, answer: 'items' },
    })
    .input(remindersInput)
    .output(remindersOutput)
    .query(({ ctx, input }) => reminderPage(ctx, input)),

  update: protectedProcedure
    .meta({
      summary: 'Mark a reminder as seen, or put it off by a duration from now',
      errors: ['item_not_found'],
      rest: { methods: ['PUT'], path: `${path}/{task_id}/{remind_at}`, status: 200 },
    })
    .input(updateReminderInput)
    .output(reminderOutput)
    .mutation(({ ctx, input }) => updateReminder(ctx, input)),
})
