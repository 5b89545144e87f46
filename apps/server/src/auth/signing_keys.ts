import { symmetricDecrypt, type SymmetricDecryptOptions } from 'better-auth/crypto'
import type { JwtOptions } from 'better-auth/plugins/jwt'
import type { ObservedDb } from './database_failures.ts'

type ReadKeys = NonNullable<NonNullable<JwtOptions['adapter']>['getJwks']>

/**
 * All keys, where those that our secret cannot decrypt appear as expired: they still verify tokens, and a new key signs.
 * Otherwise Better Auth could not issue tokens after a change of the secret, or while replicas have different secrets.
 */
export function signingKeys(db: ObservedDb): ReadKeys {
  return async ({ context }) => {
    // Without `alg`: all our keys have the default algorithm.
    const keys = await db.jwks.findMany({
      select: { id: true, publicKey: true, privateKey: true, createdAt: true, expiresAt: true },
    })
    const now = Date.now()
    return Promise.all(
      keys.map(async ({ expiresAt, ...key }) => {
        if (expiresAt !== null && expiresAt.getTime() <= now) return { ...key, expiresAt }
        const usable = await canDecrypt(context.secretConfig, key.privateKey)
        if (usable) return expiresAt === null ? key : { ...key, expiresAt }
        // One second ago, because Better Auth may have read the clock before us.
        return { ...key, expiresAt: new Date(now - 1000) }
      }),
    )
  }
}

async function canDecrypt(secret: SymmetricDecryptOptions['key'], privateKey: string): Promise<boolean> {
  try {
    await symmetricDecrypt({ key: secret, data: JSON.parse(privateKey) })
    return true
  } catch {
    return false
  }
}
