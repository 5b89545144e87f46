import type { Principal } from '@taskwire/api'

/** The scopes that an OAuth client can ask for. `offline_access` gives it a refresh token. */
export const OAUTH_SCOPES = ['tasks:read', 'tasks:write', 'offline_access']

/** What a token with these scopes permits. */
export function scopeOf(scopes: readonly string[]): Principal['scope'] {
  if (scopes.includes('tasks:write')) return 'write'
  return scopes.includes('tasks:read') ? 'read' : 'none'
}
