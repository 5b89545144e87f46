import { apiErrors, type ApiError, type ErrorCode, type ErrorDetails } from '../errors/api_error.ts'

/** An error for an agent: a text that says what to do now, and the structure that a program reads. */
export interface AgentErrorMessage {
  readonly text: string
  readonly structured: { readonly code: ErrorCode; readonly detail: string } & ErrorDetails
}

/** Tells an agent what to do after an error, in wording that models follow. */
export function agentErrorMessage({ reason, message, details }: ApiError): AgentErrorMessage {
  const facts = [`${message} (${reason}).`, ...invalidFields(details), ...currentTask(details), ...wait(details)]
  return {
    text: [...facts, missingScope(details) ?? advice[reason] ?? generalAdvice(reason)].join(' '),
    structured: { code: reason, detail: message, ...details },
  }
}

function invalidFields({ fields = [] }: ErrorDetails): string[] {
  return fields.map(({ loc, msg }) => `${loc.join('.')}: ${msg}.`)
}

function currentTask({ current }: ErrorDetails): string[] {
  return current === undefined ? [] : [`The task is now: ${JSON.stringify(current)}.`]
}

function wait({ retry_after }: ErrorDetails): string[] {
  return retry_after === undefined ? [] : [`Wait ${retry_after} s.`]
}

function missingScope({ required_scope }: ErrorDetails): string | undefined {
  if (required_scope === undefined) return undefined
  return `Do not try again: ask the user to connect this app again and to allow ${required_scope}.`
}

function generalAdvice(code: ErrorCode): string {
  const { retry, about } = apiErrors[code]
  if (about === 'token') return 'Do not try again: ask the user for a valid token or API key.'
  if (retry === 'never') return 'Do not try again: tell the user that it failed.'
  return 'Then repeat the same call once; if it fails again, tell the user.'
}

/** The errors that an agent can react to by itself. */
const advice: Partial<Record<ErrorCode, string>> = {
  user_mismatch: 'Leave user_id out: you act for the user of your token, and for nobody else.',
  scope_insufficient: 'Do not try again: this key may only read. Ask the user for one that may write.',
  task_not_found: 'Call list_tasks to find the task_id; if the task is not there, tell the user.',
  change_not_found: 'There is nothing to undo: tell the user.',
  validation_failed: 'Correct these arguments and call again.',
  version_mismatch: 'Decide anew on the task as it is now, then repeat with its version as if_version.',
  idempotency_key_reused: 'Use a new idempotency_key for each new request; keep one only to repeat the very same call.',
  undo_conflict: 'Tell the user, and set what is wanted with the other tools.',
}
