import { cimd } from '@better-auth/cimd'
import { oauthProvider } from '@better-auth/oauth-provider'
import { ACCESS_TOKEN_PREFIX } from '@taskwire/api'
import { withSharedMethod, type FetchClientDocument } from './client_document.ts'
import { CONSENT_PAGE } from './consent_page.ts'
import { documentFetch } from './document_fetch.ts'
import { resourceIdentifiers } from './resources.ts'
import { OAUTH_SCOPES } from './scopes.ts'

const HOUR_S = 3600
const DAY_S = 86_400

/**
 * The authorization server (OAuth 2.1). Access tokens are opaque and stored as hashes, so that each can be revoked:
 * decision 023.
 */
export function oauthServer(url: string) {
  return oauthProvider({
    loginPage: CONSENT_PAGE,
    consentPage: CONSENT_PAGE,
    scopes: OAUTH_SCOPES,
    grantTypes: ['authorization_code', 'refresh_token'],
    // Without signed access tokens and identity tokens.
    disableJwtPlugin: true,
    allowDynamicClientRegistration: true,
    allowUnauthenticatedClientRegistration: true,
    allowPublicClientPrelogin: true,
    accessTokenExpiresIn: HOUR_S,
    refreshTokenExpiresIn: 30 * DAY_S,
    // For a client that lost the answer.
    refreshTokenReuseInterval: 30,
    prefix: { opaqueAccessToken: ACCESS_TOKEN_PREFIX, refreshToken: 'twr_' },
    // The list of scopes is never null: Prisma knows no null lists, and the plugin would read an empty one as "none".
    resources: resourceIdentifiers(url).map((identifier) => ({
      identifier,
      name: 'Taskwire',
      allowedScopes: OAUTH_SCOPES,
    })),
    enforcePerClientResources: false,
  })
}

/** Clients that are known by the URL of a document about them. The fetch reaches public addresses only. */
export function clientDocuments(fetchDocument: FetchClientDocument = documentFetch()) {
  return cimd({ fetchClientMetadataResource: withSharedMethod(fetchDocument), metadataProfile: 'mcp-2026-07-28' })
}

/** Routes of the plugins that nobody needs here. */
export const DISABLED_PATHS = [
  'introspect',
  'userinfo',
  'end-session',
  'end-session/confirm',
  'continue',
  'create-client',
  'get-client',
  'get-clients',
  'update-client',
  'delete-client',
  'client/rotate-secret',
].map((name) => `/oauth2/${name}`)
