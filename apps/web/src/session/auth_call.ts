/** Why the server refused a call. */
export interface AuthError {
  readonly status: number
  readonly code?: string | undefined
  readonly message?: string | undefined
}

export type AuthAnswer<Data> =
  | { readonly data: Data; readonly error: null }
  | { readonly data: null; readonly error: AuthError }

/**
 * Calls a route below `/api/auth`: a POST if there is a body, else a GET. Rejects where no answer arrives; a GET is given
 * up after 10 s, because everything waits for the session and its token.
 */
export type AuthCall = <Data>(path: string, body?: object) => Promise<AuthAnswer<Data>>

const READ_MS = 10_000

// Better Auth's own client would be an eighth of the script that the sign-in form waits for.
export const authCall: AuthCall = async <Data>(path: string, body?: object): Promise<AuthAnswer<Data>> => {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(
    `${location.origin}/api/auth${path}`,
    body === undefined ? { signal: AbortSignal.timeout(READ_MS) } : post,
  )
  const text = await response.text()
  if (!response.ok) return { data: null, error: { ...detailsOf(text), status: response.status } }
  const data: Data = JSON.parse(text === '' ? 'null' : text)
  return { data, error: null }
}

/** The code and the message of a refusal; neither where something in front of the server wrote it. */
function detailsOf(text: string): Omit<AuthError, 'status'> {
  try {
    const { code, message }: Record<string, unknown> = Object(JSON.parse(text))
    return {
      code: typeof code === 'string' ? code : undefined,
      message: typeof message === 'string' ? message : undefined,
    }
  } catch {
    return {}
  }
}
