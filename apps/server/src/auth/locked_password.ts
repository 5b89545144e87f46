/** In front of the hash of a password: no password matches any more. The convention is that of `usermod --lock`. */
export const LOCKED = '!'

/** Locks an account that has no password. Shaped like a hash, because Better Auth throws where it cannot read one. */
export const LOCKED_WITHOUT_PASSWORD = `${LOCKED}none:${'0'.repeat(128)}`
