/** 128 random bits as hex. `crypto.randomUUID` is missing on pages served over plain http. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A random negative integer: the id of a task until the server assigns one. */
export function provisionalId(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return -((high >>> 12) * 2 ** 32 + low + 1)
}
