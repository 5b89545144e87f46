import { createHmac, timingSafeEqual } from 'node:crypto'
import type { TaskwireAuth } from './better_auth.ts'

type Handler = TaskwireAuth['handler']

/**
 * Better Auth's handler, for cookies that a former secret signed too: Better Auth verifies them with the first secret only.
 * The browser gets them back signed with the first one, so that it stays signed in when the former ones are gone.
 */
export async function withFormerCookies(auth: TaskwireAuth, formerSecrets: readonly string[]): Promise<Handler> {
  const { secret, authCookies, sessionConfig } = await auth.$context
  const { sessionToken, dontRememberToken } = authCookies
  const names = [sessionToken.name, dontRememberToken.name]
  const secrets: Secrets = { secret, formerSecrets }

  /** The cookie as Better Auth sets it: without a duration where the user is not to be remembered. */
  function setCookie(cookie: string, isRemembered: boolean): string {
    const isSession = nameOf(cookie) === sessionToken.name
    const { attributes } = isSession ? sessionToken : dontRememberToken
    const maxAge = isSession && isRemembered ? [`Max-Age=${sessionConfig.expiresIn}`] : []
    const secure = attributes.secure === true ? ['Secure'] : []
    return [cookie, ...maxAge, 'Path=/', 'HttpOnly', ...secure, 'SameSite=Lax'].join('; ')
  }

  return async (request) => {
    const sent = request.headers.get('cookie')?.split(/; */) ?? []
    const cookies = sent.map((cookie) => (names.includes(nameOf(cookie)) ? resigned(cookie, secrets) : cookie))
    const renewed = cookies.filter((cookie, index) => cookie !== sent[index])
    if (renewed.length === 0) return auth.handler(request)
    request.headers.set('cookie', cookies.join('; '))
    const response = await auth.handler(request)
    // Caches may keep the public keys.
    if (new URL(request.url).pathname.endsWith('/jwks')) return response
    const isRemembered = !cookies.some((cookie) => nameOf(cookie) === dontRememberToken.name)
    // A cookie that Better Auth sets or removes is newer.
    const set = response.headers.getSetCookie().map(nameOf)
    for (const cookie of renewed) {
      if (!set.includes(nameOf(cookie))) response.headers.append('set-cookie', setCookie(cookie, isRemembered))
    }
    return response
  }
}

interface Secrets {
  readonly secret: string
  readonly formerSecrets: readonly string[]
}

/** The cookie signed with the first secret, if one of the former ones signed it. */
function resigned(cookie: string, { secret, formerSecrets }: Secrets): string {
  const name = nameOf(cookie)
  const signed = decoded(cookie.slice(name.length + 1))
  const value = signed.slice(0, signed.lastIndexOf('.'))
  const isFormer = formerSecrets.some((former) => isEqual(signed, withSignature(value, former)))
  return isFormer ? `${name}=${encodeURIComponent(withSignature(value, secret))}` : cookie
}

/** Signed as Better Auth signs cookies. */
function withSignature(value: string, secret: string): string {
  return `${value}.${createHmac('sha256', secret).update(value).digest('base64')}`
}

function isEqual(text: string, other: string): boolean {
  const [bytes, others] = [Buffer.from(text), Buffer.from(other)]
  return bytes.length === others.length && timingSafeEqual(bytes, others)
}

function nameOf(cookie: string): string {
  const [name = ''] = cookie.split('=', 1)
  return name
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
