/** How long a test waits for something that comes, unless it has failed: a busy machine may be slow. */
export const PATIENCE_MS = 60_000
