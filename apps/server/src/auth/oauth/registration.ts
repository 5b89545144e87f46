import { parseJson } from '../../http/json_body.ts'
import { GRANT_TYPES } from './metadata.ts'

/** A registration (RFC 7591) as the plugin takes it, and the redirects that it would refuse. */
interface Registration {
  readonly body: string
  /** The redirects as the client sent them, where some were replaced. */
  readonly redirect_uris?: readonly string[]
}

/**
 * Editors that are redirected to by a scheme of their own. The plugin knows only schemes that are reverse domain names
 * (RFC 8252, 7.1); any other scheme could start a program that expects no such call.
 */
const EDITORS = /^(cursor|vscode|vscode-insiders|windsurf|warp|raycast):\/\/[\w.-]+\/[^#]*$/

/**
 * Prepares a registration. Native clients often register without `application_type`, whose default would refuse the
 * address of their own machine to redirect to.
 */
function registration(given: string): Registration {
  const body = withKnownGrants(parseJson(given))
  const text = JSON.stringify(body)
  const { application_type, redirect_uris } = { application_type: undefined, redirect_uris: undefined, ...Object(body) }
  if (!Array.isArray(redirect_uris)) return { body: text }
  const uris = redirect_uris.map(String)
  const isNative = application_type === undefined && uris.some((uri) => !/^https:/i.test(uri))
  const type = isNative ? { application_type: 'native' } : {}
  if (!uris.some((uri) => EDITORS.test(uri))) {
    return { body: isNative ? JSON.stringify({ ...Object(body), ...type }) : text }
  }
  const accepted = uris.map((uri, index) => (EDITORS.test(uri) ? `https://editor-${index}.invalid/` : uri))
  return { body: JSON.stringify({ ...Object(body), ...type, redirect_uris: accepted }), redirect_uris: uris }
}

/** Clients may name all grants that they know, such as VS Code the one for devices: RFC 7591 lets the server leave some out. */
function withKnownGrants(body: unknown): unknown {
  const { grant_types } = { grant_types: undefined, ...Object(body) }
  if (!Array.isArray(grant_types) || !grant_types.includes('authorization_code')) return body
  return { ...Object(body), grant_types: grant_types.filter((name) => GRANT_TYPES.includes(name)) }
}

/** Registers a client. Where redirects were replaced for the plugin, the client's own are stored after it. */
export async function answerRegistration(
  text: string,
  register: (body: string) => Promise<Response>,
  store: (client_id: string, redirect_uris: readonly string[]) => Promise<unknown>,
): Promise<Response> {
  const { body, redirect_uris } = registration(text)
  const response = await register(body)
  if (redirect_uris === undefined || !response.ok) return response
  const client: unknown = await response.json()
  const { client_id } = { client_id: undefined, ...Object(client) }
  await store(String(client_id), redirect_uris)
  return Response.json({ ...Object(client), redirect_uris }, { status: response.status, headers: NO_STORE })
}

const NO_STORE = { 'cache-control': 'no-store' }
