/** 128 random bits as hex. `crypto.randomUUID` is missing where a page is served over plain http. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A negative integer that nobody else takes: the number of a task until the server gives it one. */
export function provisionalId(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return -((high >>> 12) * 2 ** 32 + low + 1)
}
