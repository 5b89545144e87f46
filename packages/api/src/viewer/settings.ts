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
  remind_by_mail: z
    .boolean()
    .optional()
    .meta({
      description: 'Whether reminders are sent to the confirmed address of your account, too',
      examples: [true],
    }),
})

export const settingsOutput = z.object({
  time_zone: z
    .string()
    .nullable()
    .meta({ description: 'IANA name; null for UTC', examples: ['Europe/Berlin'] }),
  remind_time: z.string().meta({ description: 'HH:MM', examples: ['09:00'] }),
  remind_by_mail: z.boolean().optional().meta({ description: 'true where reminders are sent by mail, else absent' }),
})
export type Settings = z.infer<typeof settingsOutput>

const defaults: Settings = { time_zone: null, remind_time: '09:00' }

const selectText = 'SELECT time_zone, remind_time, remind_by_mail FROM taskwire.settings WHERE user_id = $1'
const selectName = statementName('settings_select', selectText)

/** The caller's settings. A user who never changed any has the defaults. */
export async function settingsOf(ctx: UserContext): Promise<Settings> {
  const [row] = await ctx.services.sql<StoredSettings>({
    name: selectName,
    text: selectText,
    values: [ctx.user_id],
    pipeline: 'reads',
  })
  return shown(row)
}

const changeText = `
  INSERT INTO taskwire.settings AS here (user_id, time_zone, remind_time, remind_by_mail)
  VALUES ($1, $3, coalesce($4, $5), coalesce($6::boolean, false))
  ON CONFLICT (user_id) DO UPDATE SET
    time_zone = CASE WHEN $2::boolean THEN $3 ELSE here.time_zone END,
    remind_time = coalesce($4, here.remind_time),
    remind_by_mail = coalesce($6::boolean, here.remind_by_mail)
  RETURNING time_zone, remind_time, remind_by_mail`
const changeName = statementName('settings_change', changeText)

/** Sets the settings that are given and returns all of them. */
export async function changeSettings(ctx: UserContext, input: z.infer<typeof settingsInput>): Promise<Settings> {
  const { time_zone, remind_time, remind_by_mail } = input
  const changed = [time_zone !== undefined, time_zone ?? null, remind_time ?? null]
  const values = [ctx.user_id, ...changed, defaults.remind_time, remind_by_mail ?? null]
  const statement: Statement = { name: changeName, text: changeText, values, pipeline: { lockKey: ctx.user_id } }
  const [row] = await ctx.services.sql<StoredSettings>(statement)
  return shown(row)
}

interface StoredSettings extends Settings {
  readonly remind_by_mail: boolean
}

/** Without mail the answer is what it was before there was any. */
function shown(row: StoredSettings | undefined): Settings {
  if (row === undefined) return defaults
  const { remind_by_mail, ...others } = row
  return remind_by_mail ? { ...others, remind_by_mail } : others
}
