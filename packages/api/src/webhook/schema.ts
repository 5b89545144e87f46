import { z } from 'zod'
import { pageCursor, pageLimit, rowId, text, timestamp } from '../core/fields.ts'

const URL_LENGTH = 2000
const DESCRIPTION_LENGTH = 200

export const WEBHOOKS_PER_USER = 10

const url = text
  .max(URL_LENGTH)
  .refine((value) => URL.canParse(value), 'Must be a URL (https://example.com/hook)')
  .meta({ format: 'uri', description: 'Where events are sent to, by POST. Private addresses are refused' })
const events = z
  .array(z.enum(['change', 'reminder']))
  .min(1, 'At least one of change, reminder')
  .overwrite((all) => [...new Set(all)])
  .meta({ description: '`change`: every change of a task; `reminder`: every reminder that fires' })
const description = text.trim().max(DESCRIPTION_LENGTH).nullable()
const webhook_id = rowId.meta({ description: 'The id of a webhook' })

export const webhookOutput = z.object({
  id: z.int(),
  url: z.string(),
  events: z.array(z.enum(['change', 'reminder'])),
  description: z.string().nullable(),
  enabled: z.boolean(),
  disabled_reason: z
    .enum(['gone', 'failing'])
    .nullable()
    .meta({ description: 'gone: the receiver answered 410; failing: it failed for three days; null: you disabled it' }),
  next_seq: z.int().meta({ description: 'The seq of the next change to deliver' }),
  created_at: timestamp,
})
export type Webhook = z.infer<typeof webhookOutput>

export const webhookWithSecretOutput = webhookOutput.extend({
  secret: z.string().meta({ description: 'Signs the deliveries (Standard Webhooks). It is not shown again' }),
})

export const webhookInput = z.strictObject({ webhook_id })

export const createWebhookInput = z.strictObject({
  url,
  events: events.optional().meta({ description: 'Default: both' }),
  description: description.optional(),
})

export const updateWebhookInput = z.strictObject({
  webhook_id,
  url: url.optional(),
  events: events.optional(),
  description: description.optional(),
  enabled: z
    .boolean()
    .optional()
    .meta({ description: 'true also tries again at once what has failed; deliveries continue where they stopped' }),
})

/** A delivery's id may be beyond int32: each event has one for every webhook. */
const delivery_id = z
  .number()
  .refine(Number.isInteger, { message: 'Must be an integer', abort: true })
  .positive()
  .transform((value) => (Number.isSafeInteger(value) ? value : 0))
  .meta({ type: 'integer', description: 'The id of a delivery' })

export const deliveryOutput = z.object({
  id: z.int(),
  seq: z.int().nullable().meta({ description: 'The seq of the change; null for other events' }),
  type: z.string().meta({ description: '`task.<kind>`, `reminder.due` or `test`' }),
  attempts: z.int(),
  status: z.enum(['pending', 'delivered', 'failed']),
  response_status: z.int().nullable().meta({ description: 'The status of the last response' }),
  error: z.string().nullable().meta({ description: 'Why the last attempt got no response' }),
  last_attempt_at: timestamp.nullable(),
  next_attempt_at: timestamp.nullable(),
})
export type Delivery = z.infer<typeof deliveryOutput>

export const deliveriesInput = z.strictObject({
  webhook_id,
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
})
export const deliveriesOutput = z.object({ items: z.array(deliveryOutput), next_cursor: z.string().nullable() })

export const redeliverInput = z.strictObject({ webhook_id, delivery_id })
