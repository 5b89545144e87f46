import { APIError, getSessionFromCtx } from 'better-auth/api'
import { hashPassword, verifyPassword } from 'better-auth/crypto'
import type { BetterAuthOptions as Options, GenericEndpointContext } from 'better-auth'
import { resetPage, type AccountMail } from './account_mail.ts'
import type { ObservedDb } from './database_failures.ts'
import { LOCKED } from './locked_password.ts'
import { passwordQueue } from './password_queue.ts'

export interface EmailAndPasswordOptions {
  readonly db: ObservedDb
  /** The public base URL. */
  readonly url: string
  readonly mail: AccountMail
  /** Whether mail can be sent. Without it a new address counts at once. */
  readonly sendsMail: boolean
  /** Whether an account gives no token until its address is confirmed. */
  readonly requireVerification: boolean
}

/** Better Auth's options for passwords, their reset, and the confirmation of addresses. */
export function emailAndPassword({ db, url, mail, sendsMail, requireVerification }: EmailAndPasswordOptions) {
  return {
    emailAndPassword: {
      enabled: true,
      password: passwordQueue({ hash: hashPassword, verify: verifyPassword }),
      requireEmailVerification: requireVerification,
      revokeSessionsOnPasswordReset: true,
      async sendResetPassword({ user, url: link, token }) {
        if (await isLocked(db, user.id)) return
        mail.sendReset(user.email, withPage(link) ? ourLink(link, url) : resetPage(url, token))
      },
      // Further links that were asked for end with the first one that is used.
      async onPasswordReset({ user }) {
        await db.verification.deleteMany({ where: { value: user.id, identifier: { startsWith: 'reset-password:' } } })
      },
    },
    ...(sendsMail && {
      emailVerification: {
        sendOnSignUp: true,
        sendOnSignIn: requireVerification,
        sendVerificationEmail({ user, url: link }) {
          mail.sendVerification(user.email, ourLink(link, url))
          return Promise.resolve()
        },
      },
    }),
    user: {
      deleteUser: { enabled: true },
      changeEmail: { enabled: true, updateEmailWithoutVerification: !sendsMail },
    },
  } satisfies Pick<Options, 'emailAndPassword' | 'emailVerification' | 'user'>
}

/** Whether the request named a page that takes the token. */
function withPage(link: string): boolean {
  return (new URL(link).searchParams.get('callbackURL') ?? '') !== ''
}

/** Better Auth's link below our public URL, which may have a path. */
function ourLink(link: string, publicUrl: string): string {
  const { pathname, search } = new URL(link)
  return `${publicUrl}${pathname}${search}`
}

/** Whether an operator disabled the account: a new password would enable it again. */
async function isLocked(db: ObservedDb, userId: string): Promise<boolean> {
  return (await db.account.count({ where: { userId, password: { startsWith: LOCKED } } })) > 0
}

/** Where a session gets something that opens the API, beside the tokens whose payload is checked. */
const KEYS = ['/api-key/create', '/oauth2/authorize', '/oauth2/consent']

/** Refuses keys and grants for an unconfirmed address, also in sessions from before that was required. */
export async function assertVerifiedOwner(ctx: GenericEndpointContext): Promise<void> {
  if (!KEYS.includes(ctx.path)) return
  const user = await userOfSession(ctx)
  if (user !== undefined) assertVerified(user)
}

export function assertVerified({ emailVerified }: { emailVerified: boolean }): void {
  if (!emailVerified) throw new APIError('FORBIDDEN', { code: 'EMAIL_NOT_VERIFIED', message: 'Email not verified' })
}

/**
 * Without mail nobody can confirm an address, so a new one counts at once, also for an account whose address was
 * confirmed before: Better Auth would only send a mail then.
 */
export async function allowNewEmail(db: ObservedDb, ctx: GenericEndpointContext): Promise<void> {
  if (ctx.path !== '/change-email') return
  const user = await userOfSession(ctx)
  if (user?.emailVerified === true) {
    await db.user.updateMany({ where: { id: user.id }, data: { emailVerified: false } })
  }
}

/** The user of the session in the header, else of the cookie: hooks run before the plugin makes the one into the other. */
async function userOfSession(ctx: GenericEndpointContext): Promise<{ id: string; emailVerified: boolean } | undefined> {
  const [, sent] = /^bearer\s+([^\s.]+)/i.exec(ctx.headers?.get('authorization') ?? '') ?? []
  const found = sent === undefined ? null : await ctx.context.internalAdapter.findSession(decoded(sent))
  return (found ?? (await getSessionFromCtx(ctx)))?.user
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token)
  } catch {
    return token
  }
}
