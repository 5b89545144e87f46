import { z } from 'zod'
import { rowId, timestamp } from '../core/fields.ts'

export const feedOutput = z.object({ id: z.int(), created_at: timestamp })
export const feedWithUrlOutput = feedOutput.extend({
  url: z
    .string()
    .meta({ description: 'The secret address for calendars: shown only now. Whoever has it reads the feed' }),
})
export type Feed = z.infer<typeof feedOutput>

export const feedInput = z.strictObject({ feed_id: rowId.meta({ description: 'The id of a calendar feed' }) })
