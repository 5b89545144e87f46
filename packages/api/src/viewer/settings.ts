import type { Statement } from '@taskwire/db'
import { z } from 'zod'
import { statementName } from '../core/statement.ts'
import type { UserContext } from '../core/trpc.ts'
import { time, zone } from '../task/inputs/dates.ts'

export const settingsInput = z.strictObject({
  time_zone: zone
    .nullable()
    .optional()
    .meta({ description: 'IANA name; null for UTC', examples: ['Europe/Berlin'] }),
  remind_time: time
    .optional()
    .meta({ description: 'HH:MM: when a task that is due on a day without a time reminds', examples: ['09:00'] }),
})

export const settingsOutput = z.object({
  time_zone: z
    .string()
    .nullable()
    .meta({ description: 'IANA name; null for UTC', examples: ['Europe/Berlin'] }),
  remind_time: z.string().meta({ description: 'HH:MM', examples: ['09:00'] }),
})
export type Settings = z.infer<typeof settingsOutput>

const defaults: Settings = { time_zone: null, remind_time: '09:00' }

const selectText = 'SELECT time_zone, remind_time FROM taskwire.settings WHERE user_id = $1'
const selectName = statementName('settings_select', selectText)

/** The caller's settings. A user who never changed any has the defaults. */
export async function settingsOf(ctx: UserContext): Promise<Settings> {
  const [row] = await ctx.services.sql<Settings>({
    name: selectName,
    text: selectText,
    values: [ctx.user_id],
    pipeline: 'reads',
  })
  return row ?? defaults
}

const changeText = `
  INSERT INTO taskwire.settings AS here (user_id, time_zone, remind_time) VALUES ($1, $3, coalesce($4, $5))
  ON CONFLICT (user_id) DO UPDATE SET
    time_zone = CASE WHEN $2::boolean THEN $3 ELSE here.time_zone END,
    remind_time = coalesce($4, here.remind_time)
  RETURNING time_zone, remind_time`
const changeName = statementName('settings_change', changeText)

/** Sets the settings that are given and returns all of them. */
export async function changeSettings(ctx: UserContext, input: z.infer<typeof settingsInput>): Promise<Settings> {
  const { time_zone, remind_time } = input
  const values = [ctx.user_id, time_zone !== undefined, time_zone ?? null, remind_time ?? null, defaults.remind_time]
  const statement: Statement = { name: changeName, text: changeText, values, pipeline: { lockKey: ctx.user_id } }
  const [row] = await ctx.services.sql<Settings>(statement)
  return row ?? defaults
}
