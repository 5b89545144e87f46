import { isTaskwireError } from '@taskwire/client'
import { t } from './texts/texts.ts'

/** Why a call failed, as a sentence for the user. */
export function errorText(error: unknown): string {
  if (!isTaskwireError(error)) return `${t.shell.somethingWrong}.`
  const known: Readonly<Record<string, string>> = t.account.errors
  return known[error.reason] ?? `${error.fields[0]?.msg ?? error.message}.`
}
