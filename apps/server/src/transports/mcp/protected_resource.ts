import type { Env } from '../../config/env.ts'

type Config = Pick<Env, 'BETTER_AUTH_URL' | 'AUTH_ISSUER'>

export const METADATA_PATH = '/.well-known/oauth-protected-resource'

/**
 * The metadata of `/mcp` for OAuth clients (RFC 9728). Without an external issuer it names no authorization server: users
 * then provide tokens or keys themselves.
 */
export function protectedResource({ BETTER_AUTH_URL, AUTH_ISSUER }: Config) {
  return {
    resource: `${BETTER_AUTH_URL}/mcp`,
    ...(AUTH_ISSUER === undefined ? {} : { authorization_servers: [AUTH_ISSUER] }),
    bearer_methods_supported: ['header'],
    resource_name: 'Taskwire',
    resource_documentation: `${BETTER_AUTH_URL}/docs`,
  }
}

/** The `WWW-Authenticate` header of a 401. It names the token as the error if one was sent (RFC 6750). */
export function challenge({ BETTER_AUTH_URL }: Config, tokenWasSent: boolean): string {
  const resource = `Bearer resource_metadata="${BETTER_AUTH_URL}${METADATA_PATH}/mcp"`
  return tokenWasSent ? `${resource}, error="invalid_token"` : resource
}
