/** In front of the hash of a password: no password matches any more. The convention is that of `usermod --lock`. */
export const LOCKED = '!'
