import { actions } from './actions.ts'
import { account } from './account.ts'
import { chat } from './chat.ts'
import { editor } from './editor.ts'
import { fields } from './fields.ts'
import { keys } from './keys.ts'
import { list } from './list.ts'
import { messages } from './messages.ts'
import { palette } from './palette.ts'
import { quickAdd } from './quick_add.ts'
import { reminders } from './reminders.ts'
import { shell } from './shell.ts'
import { welcome } from './welcome.ts'

/** Every text of the app in English, by screen. */
export const en = {
  account,
  actions,
  chat,
  editor,
  fields,
  keys,
  list,
  messages,
  palette,
  quickAdd,
  reminders,
  shell,
  welcome,
} as const
