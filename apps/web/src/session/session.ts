import { apiKeyClient } from '@better-auth/api-key/client'
import { createAuthClient } from 'better-auth/client'
import { jwtClient } from 'better-auth/client/plugins'

export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
}

export type SessionState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'signed_out'; readonly ended?: boolean }
  | { readonly kind: 'signed_in'; readonly user: User }

export type Auth = ReturnType<typeof ownAuth>

function ownAuth() {
  return createAuthClient({ baseURL: location.origin, plugins: [jwtClient(), apiKeyClient()] })
}

export interface Session {
  readonly auth: Auth
  readonly state: () => SessionState
  readonly subscribe: (listener: () => void) => () => void
  /** A new token for calls. */
  readonly token: () => Promise<string>
  /** Null when it went well, else why not, in words. */
  readonly signIn: (email: string, password: string) => Promise<string | null>
  readonly signUp: (name: string, email: string, password: string) => Promise<string | null>
  readonly signOut: () => Promise<void>
  /** The server no longer knows the session. What waits in this browser is kept. */
  readonly ended: () => void
}

const REMEMBERED = 'taskwire.user'
/** Set while somebody has left whom the server could not be told of. */
const LEAVING = 'taskwire.leaving'

/** Who is signed in here. Over a reload it is the cookie that says so; without a network, what this browser remembers. */
export function createSession(): Session {
  const auth = ownAuth()
  const listeners = new Set<() => void>()
  let state: SessionState = { kind: 'checking' }

  function become(next: SessionState): void {
    if (next.kind === 'signed_in' && state.kind === 'signed_in' && next.user.id === state.user.id) return
    state = next
    if (next.kind === 'signed_in') {
      localStorage.setItem(REMEMBERED, JSON.stringify(next.user))
      localStorage.removeItem(LEAVING)
    }
    if (next.kind === 'signed_out' && next.ended !== true) localStorage.removeItem(REMEMBERED)
    for (const listener of listeners) listener()
  }

  async function token(): Promise<string> {
    const { data, error } = await auth.token()
    if (data !== null) return data.token
    if (error.status === 401) become({ kind: 'signed_out', ended: true })
    throw new Error(error.message ?? 'The server gave no token')
  }

  async function signOut(): Promise<void> {
    localStorage.setItem(LEAVING, 'yes')
    const { error } = await auth.signOut().catch((cause: unknown) => ({ error: cause }))
    if (error === null) localStorage.removeItem(LEAVING)
    become({ kind: 'signed_out' })
  }

  async function check(): Promise<void> {
    if (localStorage.getItem(LEAVING) !== null) return signOut()
    const { data, error } = await auth.getSession().catch((cause: unknown) => ({ data: null, error: { cause } }))
    if (data !== null) return become({ kind: 'signed_in', user: userOf(data.user) })
    const user = remembered()
    if (user === null) become({ kind: 'signed_out' })
    else become(error === null ? { kind: 'signed_out', ended: true } : { kind: 'signed_in', user })
  }
  void check()
  // Who signs out, or in as somebody else, does so in every tab.
  addEventListener('storage', ({ key }) => {
    if (key === REMEMBERED) void check()
  })

  async function entered(answer: Promise<Answer>): Promise<string | null> {
    const { data, error } = await answer.catch(() => unreachable)
    if (data === null) return inWords(error)
    become({ kind: 'signed_in', user: userOf(data.user) })
    return null
  }

  return {
    auth,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    token,
    signIn: (email, password) => entered(auth.signIn.email({ email, password })),
    signUp: (name, email, password) => entered(auth.signUp.email({ name, email, password })),
    signOut,
    ended() {
      if (state.kind === 'signed_in') become({ kind: 'signed_out', ended: true })
    },
  }
}

interface Failure {
  readonly status: number
  readonly code?: string | undefined
  readonly message?: string | undefined
}
type Answer = { data: { user: User }; error: null } | { data: null; error: Failure }

const unreachable: Answer = { data: null, error: { status: 0 } }

function userOf({ id, email, name }: User): User {
  return { id, email, name }
}

function remembered(): User | null {
  const kept: unknown = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null')
  return isUser(kept) ? userOf(kept) : null
}

function isUser(value: unknown): value is User {
  return typeof value === 'object' && value !== null && 'id' in value && 'email' in value && 'name' in value
}

function inWords({ status, code, message }: Failure): string {
  if (code === 'INVALID_EMAIL_OR_PASSWORD') return 'That e-mail and password do not belong together.'
  if (code?.startsWith('USER_ALREADY_EXISTS') === true)
    return 'There is an account with this e-mail already. Sign in instead.'
  if (code === 'INVALID_EMAIL') return 'That is not an e-mail address.'
  if (code === 'PASSWORD_TOO_SHORT') return 'The password needs at least 8 characters.'
  if (code === 'PASSWORD_TOO_LONG') return 'The password can have at most 128 characters.'
  if (status === 429) return 'Too many tries. Wait a minute, then try again.'
  if (status === 0 || status >= 500) return 'The server does not answer. Try again in a moment.'
  return message ?? 'That did not work. Try again.'
}
