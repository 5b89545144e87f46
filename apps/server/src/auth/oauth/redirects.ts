import { CONSENT_PAGE, consentPage } from './consent_page.ts'

/**
 * The same response with our own URLs. One that leads back to a client names our issuer (RFC 9207): the plugin writes its
 * own base URL, because its issuer is configurable only together with signed access tokens. One that leads to the
 * plugin's error page leads to ours, as does one that asks for consent.
 */
export async function withOurUrls(response: Response, issuer: string): Promise<Response> {
  const location = response.headers.get('location')
  if (location !== null) return changed(response, response.body, { location: ourUrl(location, issuer) })
  if (!response.ok || !/json/.test(response.headers.get('content-type') ?? '')) return response
  return changed(response, withOurUrl(await response.text(), issuer), {})
}

/** A refused authorization request as a redirect to our page: a browser shows it to a user. */
export async function asErrorPage(response: Response): Promise<Response> {
  const isError = response.status >= 400 && response.status < 500
  if (!isError || !/json/.test(response.headers.get('content-type') ?? '')) return response
  const body: unknown = await response.json()
  const { error, error_description } = { error: undefined, error_description: undefined, ...Object(body) }
  const description = text(error_description)
  const query = new URLSearchParams({ error: errorOf(text(error), description) })
  if (description !== undefined) query.set('error_description', description)
  return new Response(null, { status: 302, headers: { location: consentPage(query.toString()) } })
}

/** A client whose document could not be fetched is not an unknown one: perhaps this server cannot reach the internet. */
function errorOf(error = 'invalid_request', description = ''): string {
  const isUnread = error === 'invalid_client' && description.startsWith('Failed to fetch metadata document')
  return isUnread ? 'client_document_unreachable' : error
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function changed(
  { status, headers: given }: Response,
  body: string | ReadableStream | null,
  more: Record<string, string>,
): Response {
  const headers = new Headers(given)
  headers.delete('content-length')
  for (const [name, value] of Object.entries(more)) headers.set(name, value)
  return new Response(body, { status, headers })
}

/** Pages that call with `fetch` get the URL in the body. */
function withOurUrl(text: string, issuer: string): string {
  if (!text.includes('"redirect":true')) return text
  const body: unknown = JSON.parse(text)
  const { url } = { url: undefined, ...Object(body) }
  return typeof url === 'string' ? JSON.stringify({ ...Object(body), url: ourUrl(url, issuer) }) : text
}

function ourUrl(url: string, issuer: string): string {
  const [page, query = ''] = url.split('?', 2)
  if (page === CONSENT_PAGE) return consentPage(query)
  if (!URL.canParse(url)) return url
  const target = new URL(url)
  const { origin } = new URL(issuer)
  if (target.origin === origin && target.pathname === '/api/auth/error') return consentPage(target.search.slice(1))
  if (target.searchParams.get('iss')?.endsWith('/api/auth') !== true) return url
  target.searchParams.set('iss', issuer)
  return target.href
}
