import type { Db } from '@taskwire/db'
import { symmetricDecrypt, type SymmetricDecryptOptions } from 'better-auth/crypto'
import type { JwtOptions } from 'better-auth/plugins/jwt'

type ReadKeys = NonNullable<NonNullable<JwtOptions['adapter']>['getJwks']>

/**
 * All keys, those that our secret does not open shown as expired: they still verify, and a new one signs. Better Auth
 * would fail at every token after a change of the secret, and while replicas have different ones.
 */
export function signingKeys(db: Db): ReadKeys {
  return async ({ context }) => {
    // Without `alg`: ours are all of the default's.
    const keys = await db.jwks.findMany({
      select: { id: true, publicKey: true, privateKey: true, createdAt: true, expiresAt: true },
    })
    const now = Date.now()
    return Promise.all(
      keys.map(async ({ expiresAt, ...key }) => {
        if (expiresAt !== null && expiresAt.getTime() <= now) return { ...key, expiresAt }
        const usable = await opens(context.secretConfig, key.privateKey)
        if (usable) return expiresAt === null ? key : { ...key, expiresAt }
        // A moment ago: Better Auth may have looked at the clock before us.
        return { ...key, expiresAt: new Date(now - 1000) }
      }),
    )
  }
}

async function opens(secret: SymmetricDecryptOptions['key'], privateKey: string): Promise<boolean> {
  try {
    await symmetricDecrypt({ key: secret, data: JSON.parse(privateKey) })
    return true
  } catch {
    return false
  }
}
