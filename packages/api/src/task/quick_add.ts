import { isZone, localTime, quickAdd, type QuickAdd, type QuickAddFields } from '@taskwire/calendar'
import { z } from 'zod'
import { text } from '../core/fields.ts'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { fieldErrors } from '../errors/field_errors.ts'
import { settingsOf } from '../viewer/settings.ts'
import { zone } from './inputs/dates.ts'
import { storedRecurrence } from './recurrence.ts'
import { createInput, taskOutput, writeFields, type Task } from './schema.ts'
import { taskOf } from './write.ts'
import { insertTask } from './write_fields.ts'

const { idempotency_key } = writeFields

export const quickAddInput = z.strictObject({
  text: text
    .min(1)
    .max(500)
    .meta({
      description: 'Such as: Pay rent on the 1st every month !1 #home',
      examples: ['Buy milk tomorrow 5pm #home !1'],
    }),
  zone: zone.optional().meta({ description: 'IANA time zone in which it is today. Default: your setting, else UTC' }),
  dry_run: z.boolean().optional().meta({ description: 'Answer what the text means, and write nothing' }),
  idempotency_key,
})
type QuickAddInput = z.infer<typeof quickAddInput>

/** What a text means as a task. */
export const quickAddPreview = z.object({
  task: taskOutput
    .pick({
      priority: true,
      tags: true,
      due_date: true,
      due_time: true,
      due_zone: true,
      start_date: true,
      reminders: true,
      recurrence: true,
    })
    .partial()
    .meta({ description: 'The fields that the text gives' }),
  title: z.string().meta({ description: 'What is left of the text' }),
  spans: z
    .array(
      z.object({
        from: z.int(),
        to: z.int(),
        is: z.enum(['due_date', 'due_time', 'tag', 'priority', 'recurrence', 'reminder', 'start_date']),
      }),
    )
    .meta({ description: 'The parts of the text that became fields, in UTF-16 units; `to` is exclusive' }),
})
export type QuickAddPreview = z.infer<typeof quickAddPreview>

/** Creates the task that a text describes; with `dry_run` only answers what the text means. */
export async function addQuickly(
  ctx: UserContext,
  operation: string,
  input: QuickAddInput,
): Promise<Task | QuickAddPreview> {
  const { title, fields, spans } = await readText(ctx, input)
  const { error } = createInput.safeParse({ ...fields, title })
  if (error !== undefined) refuseText(error, title)
  if (input.dry_run === true) return { task: storedFields(fields), title, spans }
  return taskOf(await insertTask(ctx, { operation, input }, { ...fields, title }))
}

function storedFields({ recurrence, ...fields }: QuickAddFields): QuickAddPreview['task'] {
  const { due_date } = fields
  if (recurrence === undefined || due_date === undefined) return fields
  return { ...fields, recurrence: storedRecurrence(recurrence, due_date, null) }
}

async function readText(ctx: UserContext, { text, zone: named }: QuickAddInput): Promise<QuickAdd> {
  const { time_zone } = await settingsOf(ctx)
  // One that was stored by a runtime with newer time zone data.
  const zone = time_zone !== null && isZone(time_zone) ? time_zone : null
  const { day, time } = localTime(ctx.services.now?.() ?? new Date(), named ?? zone ?? 'UTC')
  return quickAdd(text, { today: day, now: time, zone })
}

/** All that the caller sent is one text, so that is at fault, whatever field of the task it is about. */
function refuseText(error: z.ZodError, title: string): never {
  const fields = fieldErrors(error).map(({ type, loc, msg }) => ({
    type,
    loc: ['text'],
    msg: title === '' ? 'Must contain a title' : `${loc.join('.')}: ${msg}`,
  }))
  throw new ApiError('validation_failed', { fields })
}
