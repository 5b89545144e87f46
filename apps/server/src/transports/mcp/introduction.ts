import pkg from '../../../package.json' with { type: 'json' }
// scripts/mcp_front.mjs says the same while this server is being started.
import introduction from './introduction.json' with { type: 'json' }

export { introduction }

export const identity = { name: 'taskwire', title: 'Taskwire', version: pkg.version }

/** The list depends on the token, so shared caches must not keep it. */
export const LIST_CACHE = { ttlMs: 300_000, cacheScope: 'private' } as const
