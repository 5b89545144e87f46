/** The last characters of canonical text, by its length modulo 4: bits beyond the last byte are zero (RFC 4648, 3.5). */
const LAST: readonly (RegExp | undefined)[] = [/(^|[\w-])$/, undefined, /[AQgw]$/, /[AEIMQUYcgkosw048]$/]

/** Whether text is the one base64url encoding of its bytes: without padding, blanks, `+`, `/` and unused bits. */
export function isCanonicalBase64url(text: string): boolean {
  return isBase64url(text) && LAST[text.length % 4]?.test(text) === true
}

/** Whether text has only the characters of base64url without padding. */
export function isBase64url(text: string): boolean {
  return !/[^\w-]/.test(text)
}
