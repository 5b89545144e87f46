import { randomUUID } from 'node:crypto'
import { ApiError, bearerToken, type Context, type Principal } from '@taskwire/api'
import { openServices } from '@taskwire/api/embed'

// Your own authentication in place of Taskwire's: whatever turns a token into a user.

const sessions = new Map([['session-of-ann', 'ann']])

function verify(token: string | undefined): Principal {
  const user_id = token === undefined ? undefined : sessions.get(token)
  if (user_id === undefined) throw new ApiError('not_authenticated')
  return { user_id, kind: 'issued', scope: 'write', actor: null, email: null, name: null, expires_at: null }
}

export const { services, close } = await openServices({
  databaseUrl: process.env['DATABASE_URL'],
  dataDir: process.env['DATA_DIR'] ?? '.data',
  secret: process.env['SECRET'] ?? 'replace this by a secret of your own',
  tokens: { verify },
})

/** The context of a call, from its Authorization header. */
export function contextOf(authorization: string | null | undefined): Context {
  return { services, via: 'trpc', request_id: randomUUID(), token: bearerToken(authorization ?? undefined) }
}
