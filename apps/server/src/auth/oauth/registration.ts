import { parseJson } from '../../http/json_body.ts'

/**
 * The registration of a client (RFC 7591), as the plugin needs it. Native clients often register without
 * `application_type`, whose default would refuse the address of their own machine to redirect to.
 */
export function registration(text: string): string {
  const body: unknown = parseJson(text)
  const { application_type, redirect_uris } = { application_type: undefined, redirect_uris: undefined, ...Object(body) }
  if (application_type !== undefined || !Array.isArray(redirect_uris)) return text
  const isNative = redirect_uris.some((uri) => !/^https:/i.test(String(uri)))
  return isNative ? JSON.stringify({ ...Object(body), application_type: 'native' }) : text
}
