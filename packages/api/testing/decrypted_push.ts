import type { ECDH } from 'node:crypto'
import { createRequire } from 'node:module'

/** What we use of `http_ece`, which has no types. */
interface EncryptedContentEncoding {
  decrypt(body: Buffer, options: { version: 'aes128gcm'; privateKey: ECDH; authSecret: string }): Buffer
}

const ece: EncryptedContentEncoding = createRequire(import.meta.url)('http_ece')

/** A push message as its browser reads it, by another implementation than ours. */
export function decryptedPush(body: Buffer, { privateKey, auth }: { privateKey: ECDH; auth: string }): string {
  const padded = ece.decrypt(body, { version: 'aes128gcm', privateKey, authSecret: auth })
  return padded.toString()
}
