import { OAUTH_SCOPES } from './scopes.ts'

export const AUTHORIZATION_SERVER_PATH = '/.well-known/oauth-authorization-server'
export const PROTECTED_RESOURCE_PATH = '/.well-known/oauth-protected-resource'

export const GRANT_TYPES: readonly string[] = ['authorization_code', 'refresh_token']
const CLIENT_AUTHENTICATION = ['none', 'client_secret_basic', 'client_secret_post']

/** The metadata of the authorization server (RFC 8414). Its issuer is the server's URL. */
export function authorizationServer({ url, readsClientDocuments }: { url: string; readsClientDocuments: boolean }) {
  const endpoint = (name: string) => `${new URL(url).origin}/api/auth/oauth2/${name}`
  return {
    issuer: url,
    authorization_endpoint: endpoint('authorize'),
    token_endpoint: endpoint('token'),
    registration_endpoint: endpoint('register'),
    revocation_endpoint: endpoint('revoke'),
    scopes_supported: OAUTH_SCOPES,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: GRANT_TYPES,
    token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: readsClientDocuments,
    service_documentation: `${url}/docs`,
  }
}

/** The metadata of a protected resource (RFC 9728). */
export function protectedResource(resource: string, url: string) {
  return {
    resource,
    authorization_servers: [url],
    scopes_supported: OAUTH_SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'Taskwire',
    resource_documentation: `${url}/docs`,
  }
}
