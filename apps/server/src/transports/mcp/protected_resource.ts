import { PROTECTED_RESOURCE_PATH, protectedResource } from '../../auth/oauth/metadata.ts'
import { serverUrls } from '../../auth/oauth/resources.ts'
import type { Env } from '../../config/env.ts'

type Config = Pick<Env, 'BETTER_AUTH_URL' | 'AUTH_ISSUER'>

/** Both forms of the path under which clients look for the metadata of `/mcp`. */
export const METADATA_PATHS = [PROTECTED_RESOURCE_PATH, `${PROTECTED_RESOURCE_PATH}/mcp`]

/**
 * The metadata of `/mcp` for OAuth clients (RFC 9728), under the name by which the client knows this server: clients
 * compare it with the URL that they were given.
 */
export function mcpResource({ BETTER_AUTH_URL, AUTH_ISSUER }: Config, host: string | undefined) {
  const resource = protectedResource(`${calledUrl(BETTER_AUTH_URL, host)}/mcp`, BETTER_AUTH_URL)
  if (AUTH_ISSUER === undefined) return resource
  // Users are known there then: an account of ours would be somebody else's.
  return { ...resource, authorization_servers: [AUTH_ISSUER] }
}

/** The `WWW-Authenticate` header of a 401. It names the token as the error if one was sent (RFC 6750). */
export function challenge(
  { BETTER_AUTH_URL }: Config,
  { host, authorization }: { readonly host?: string | undefined; readonly authorization?: string | undefined },
): string {
  const url = `${calledUrl(BETTER_AUTH_URL, host)}${PROTECTED_RESOURCE_PATH}/mcp`
  const resource = `Bearer resource_metadata="${url}"`
  return authorization === undefined ? resource : `${resource}, error="invalid_token"`
}

/** Our URL, or the alias of it that a request was sent to; never any other host. */
function calledUrl(url: string, host: string | undefined): string {
  return serverUrls(url).find((alias) => new URL(alias).host === host) ?? url
}
