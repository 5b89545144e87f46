import { startText } from '../texts/start_texts.ts'
import { authCall, type AuthAnswer, type AuthCall, type AuthError } from './auth_call.ts'
import { subjectOf } from './subject_of.ts'
import { storeWelcome } from '../welcome/welcome_mark.ts'

export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
}

export type SessionState =
  | { readonly kind: 'checking' }
  /** `isExpired` if the session ended on the server rather than by signing out here. */
  | { readonly kind: 'signed_out'; readonly isExpired?: boolean }
  | { readonly kind: 'signed_in'; readonly user: User }

export interface Session {
  /** Calls a route of the sign-in server, as the user who is signed in. */
  readonly call: AuthCall
  readonly state: () => SessionState
  readonly subscribe: (listener: () => void) => () => void
  /** Fetches a new token for calls of the API. Rejects if somebody else is signed in here by now. */
  readonly token: (user_id: string) => Promise<string>
  /** Resolves to null on success, else to the reason as a sentence for the user. */
  readonly signIn: (email: string, password: string) => Promise<string | null>
  readonly signUp: (name: string, email: string, password: string) => Promise<string | null>
  /** Has a link for a new password sent, if the address has an account and the server sends mail. */
  readonly askForNewPassword: (email: string) => Promise<string | null>
  readonly resetPassword: (token: string, newPassword: string) => Promise<string | null>
  /** Reads the name and email of the user again; undefined where that cannot be. */
  readonly reload: () => Promise<User | undefined>
  readonly signOut: () => Promise<void>
  /** To be called when the server no longer accepts the session. Waiting changes stay in this browser. */
  readonly expire: () => void
}

const STORED_USER = 'taskwire.user'
/** Set while the server has not been told of a sign-out yet. */
const SIGNING_OUT = 'taskwire.leaving'

/** Who is signed in: after a reload the session cookie decides, without a network the user that this browser stored. */
export function createSession(): Session {
  const listeners = new Set<() => void>()
  let state: SessionState = { kind: 'checking' }
  let signIns = 0

  function become(next: SessionState): void {
    if (next.kind === 'signed_in' && state.kind === 'signed_in' && isSameUser(next.user, state.user)) return
    state = next
    if (next.kind === 'signed_in') {
      localStorage.setItem(STORED_USER, JSON.stringify(next.user))
      localStorage.removeItem(SIGNING_OUT)
    }
    if (next.kind === 'signed_out' && next.isExpired !== true) localStorage.removeItem(STORED_USER)
    for (const listener of listeners) listener()
  }

  async function token(user_id: string): Promise<string> {
    const { data, error } = await authCall<{ token: string }>('/token')
    if (data !== null) {
      // A page that was suspended may send before it learns that another tab has signed somebody else in. What waits
      // there must not be saved as theirs.
      if ((subjectOf(data.token) ?? user_id) === user_id) return data.token
      void check()
      throw new Error(startText.problems.noToken)
    }
    if (error.status === 401) become({ kind: 'signed_out', isExpired: true })
    throw new Error(error.message ?? startText.problems.noToken)
  }

  async function signOut(): Promise<void> {
    localStorage.setItem(SIGNING_OUT, 'yes')
    const { error } = await authCall('/sign-out', {}).catch((cause: unknown) => ({ error: cause }))
    if (error === null) localStorage.removeItem(SIGNING_OUT)
    become({ kind: 'signed_out' })
  }

  async function check(): Promise<void> {
    if (localStorage.getItem(SIGNING_OUT) !== null) return signOut()
    const before = signIns
    const { data, error } = await getSession().catch((cause: unknown) => ({ data: null, error: { cause } }))
    // The user has signed in by the form meanwhile: the answer is outdated.
    if (signIns !== before) return
    if (data !== null) return become({ kind: 'signed_in', user: userOf(data.user) })
    const user = storedUser()
    if (user === null) become({ kind: 'signed_out' })
    else become(error === null ? { kind: 'signed_out', isExpired: true } : { kind: 'signed_in', user })
  }
  void check()
  // Signing out, or in as another user, applies to every tab.
  addEventListener('storage', ({ key }) => {
    if (key === STORED_USER) void check()
  })

  async function completeSignIn(
    response: Promise<AuthAnswer<SignedIn>>,
    onSuccess?: (user: User) => void,
  ): Promise<string | null> {
    const { data, error } = await response.catch(() => unreachable)
    if (data === null) return messageOf(error)
    if (data.token === null) return startText.problems.notVerified
    onSuccess?.(data.user)
    signIns++
    become({ kind: 'signed_in', user: userOf(data.user) })
    return null
  }

  return {
    call: authCall,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    token,
    signIn: (email, password) => completeSignIn(authCall<SignedIn>('/sign-in/email', { email, password })),
    signUp: (name, email, password) =>
      completeSignIn(authCall<SignedIn>('/sign-up/email', { name, email, password }), ({ id }) =>
        storeWelcome({ user_id: id, ids: null }),
      ),
    askForNewPassword: (email) => problemOf(authCall('/request-password-reset', { email })),
    resetPassword: (token, newPassword) => problemOf(authCall('/reset-password', { token, newPassword })),
    async reload() {
      const { data } = await getSession().catch(() => ({ data: null }))
      if (data === null) return undefined
      const user = userOf(data.user)
      become({ kind: 'signed_in', user })
      return user
    },
    signOut,
    expire() {
      if (state.kind === 'signed_in') become({ kind: 'signed_out', isExpired: true })
    },
  }
}

/** Null if a call was accepted, else why it was not, as a sentence for the user. */
export async function problemOf(call: Promise<{ error: AuthError | null }>): Promise<string | null> {
  const { error } = await call.catch(() => unreachable)
  return error === null ? null : messageOf(error)
}

/** Without a token where the address must be confirmed first. */
interface SignedIn {
  readonly user: User
  readonly token: string | null
}

const unreachable = { data: null, error: { status: 0 } }

/** Data is null where nobody is signed in. */
function getSession(): Promise<AuthAnswer<{ readonly user: User } | null>> {
  return authCall('/get-session')
}

function isSameUser(one: User, other: User): boolean {
  return one.id === other.id && one.email === other.email && one.name === other.name
}

function userOf({ id, email, name }: User): User {
  return { id, email, name }
}

/** Whether somebody was signed in here when the page was left. */
export function hasStoredUser(): boolean {
  return localStorage.getItem(STORED_USER) !== null
}

/** Whether the server still has to be told of a sign-out, which would also end a session that begins before its answer. */
export function isSigningOut(): boolean {
  return localStorage.getItem(SIGNING_OUT) !== null
}

function storedUser(): User | null {
  const stored: unknown = JSON.parse(localStorage.getItem(STORED_USER) ?? 'null')
  return isUser(stored) ? userOf(stored) : null
}

function isUser(value: unknown): value is User {
  return typeof value === 'object' && value !== null && 'id' in value && 'email' in value && 'name' in value
}

function messageOf({ status, code, message }: AuthError): string {
  if (code === 'INVALID_EMAIL_OR_PASSWORD') return startText.problems.incorrect
  if (code?.startsWith('USER_ALREADY_EXISTS') === true) {
    return startText.problems.exists
  }
  if (code === 'INVALID_PASSWORD') return startText.problems.wrongPassword
  if (code === 'INVALID_TOKEN') return startText.problems.linkSpent
  if (code === 'EMAIL_NOT_VERIFIED') return startText.problems.notVerified
  if (code === 'INVALID_EMAIL') return startText.problems.email
  if (code === 'PASSWORD_TOO_SHORT') return startText.problems.passwordShort
  if (code === 'PASSWORD_TOO_LONG') return startText.problems.passwordLong
  if (status === 429) return startText.problems.tooMany
  if (status === 0 || status >= 500) return startText.problems.unreachable
  return message ?? startText.problems.unknown
}
