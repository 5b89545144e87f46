import type { Db } from '@taskwire/db'

const DAY_MS = 86_400_000

/** Clients that registered this long ago and were never allowed anything are removed: registering needs no account. */
const UNUSED_CLIENT_KEPT_MS = 30 * DAY_MS

/** Removes expired tokens, and clients that nobody uses. A spent refresh token is kept until it would have expired. */
export async function purgeGrants(db: Db, now = Date.now()): Promise<void> {
  const expired = { expiresAt: { lt: new Date(now - DAY_MS) } }
  await db.oauthAccessToken.deleteMany({ where: expired })
  await db.oauthRefreshToken.deleteMany({ where: expired })
  await db.oauthClientAssertion.deleteMany({ where: expired })
  await db.verification.deleteMany({ where: expired })
  const registeredBefore = new Date(now - UNUSED_CLIENT_KEPT_MS)
  await db.oauthClient.deleteMany({
    where: { createdAt: { lt: registeredBefore }, consents: { none: {} }, refreshTokens: { none: {} } },
  })
}
