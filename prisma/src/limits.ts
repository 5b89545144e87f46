/** The largest value of an integer column. */
export const INT32_MAX = 2_147_483_647

const MAX_USER_ID = 128

/**
 * Whether a value can be a user's id: a non-empty string of at most 128 code points, without control characters or
 * lone surrogates, and not `auth`, which the paths of the sign-in begin with.
 */
export function isUserId(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value === 'auth' || value.length > 2 * MAX_USER_ID) return false
  if (!value.isWellFormed() || /\p{Cc}/u.test(value)) return false
  return value.length <= MAX_USER_ID || Array.from(value).length <= MAX_USER_ID
}
