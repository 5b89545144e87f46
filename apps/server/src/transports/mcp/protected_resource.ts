import type { Env } from '../../config/env.ts'

type Settings = Pick<Env, 'BETTER_AUTH_URL' | 'AUTH_ISSUER'>

export const METADATA_PATH = '/.well-known/oauth-protected-resource'

/**
 * What OAuth clients read of `/mcp` (RFC 9728). Without an issuer no authorization server is named: tokens and keys
 * then come from the user, not from a flow.
 */
export function protectedResource({ BETTER_AUTH_URL, AUTH_ISSUER }: Settings) {
  return {
    resource: `${BETTER_AUTH_URL}/mcp`,
    ...(AUTH_ISSUER === undefined ? {} : { authorization_servers: [AUTH_ISSUER] }),
    bearer_methods_supported: ['header'],
    resource_name: 'Taskwire',
    resource_documentation: `${BETTER_AUTH_URL}/docs`,
  }
}

/** The `WWW-Authenticate` of a 401; a token that came but is not accepted is named as the error (RFC 6750). */
export function challenge({ BETTER_AUTH_URL }: Settings, tokenCame: boolean): string {
  const where = `Bearer resource_metadata="${BETTER_AUTH_URL}${METADATA_PATH}/mcp"`
  return tokenCame ? `${where}, error="invalid_token"` : where
}
