/** The `status` of a tool result that waits for the user's confirmation. Stored with messages and read by clients. */
export const PENDING_CONFIRMATION = 'confirmation_required'

export function isPendingConfirmation({ result }: { readonly result: Readonly<Record<string, unknown>> }): boolean {
  return result['status'] === PENDING_CONFIRMATION
}

const YES =
  /^(yes|yeah|yep|yup|y|ok|okay|sure|confirm|confirmed|i confirm|do it|go ahead|please do|absolutely|definitely|ja|oui|s[ií]|sim|haan)(?![\p{L}\p{N}])/u
const RESERVATION =
  /\b(no|not|never|don'?t|doesn'?t|won'?t|can'?t|but|except|only|keep|wait|stop|cancel|without|instead)\b|\?/u

/** Whether a message is an unreserved yes. "Yes, but ..." is not: the user has to be asked again. */
export function saysYes(message: string): boolean {
  const text = message.trim().toLowerCase().replaceAll('’', "'")
  return text.length <= 200 && YES.test(text) && !RESERVATION.test(text)
}
