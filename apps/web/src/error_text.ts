import { isTaskwireError } from '@taskwire/client'
import { fieldLabel } from './fields/field_labels.ts'
import { t } from './texts/texts.ts'

/** Why a call failed, as a sentence for the user. */
export function errorText(error: unknown): string {
  if (!isTaskwireError(error)) return `${t.shell.somethingWrong}.`
  const known: Readonly<Record<string, string>> = t.account.errors
  const [field] = error.fields
  if (field === undefined) return known[error.reason] ?? t.account.otherError(error.message)
  const name = field.loc.findLast((part) => typeof part === 'string')
  return t.account.fieldError(name === undefined ? undefined : fieldLabel(name), field.msg)
}
