import { startText } from '../texts/start_texts.ts'

const MIN_PASSWORD = 8
const MAX_PASSWORD = 128
const MAX_NAME = 200

// These judge what somebody typed before it is sent, as the server would: a sentence, or null if nothing is wrong.

export function nameProblem(name: string): string | null {
  const { problems } = startText
  if (name.trim() === '') return problems.nameMissing
  return name.trim().length > MAX_NAME ? problems.nameLong : null
}

export function emailProblem(email: string): string | null {
  return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(email.trim()) ? null : startText.problems.email
}

/** Of a password that is chosen now. */
export function newPasswordProblem(password: string): string | null {
  const { problems } = startText
  if (password.length < MIN_PASSWORD) return problems.passwordShort
  if (password.length > MAX_PASSWORD) return problems.passwordLong
  return password.trim() === '' ? problems.passwordBlank : null
}

/** Of a password that is only compared. */
export function passwordProblem(password: string): string | null {
  return password === '' ? startText.problems.passwordMissing : null
}
