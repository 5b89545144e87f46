/** How long a test waits for something that comes, unless it has failed: a busy machine may be slow. */
export const MAX_WAIT_MS = 60_000
