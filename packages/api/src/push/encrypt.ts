import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'

/** The keys of a browser's subscription, as `PushSubscription.toJSON()` has them. */
export interface PushKeys {
  /** An uncompressed point on P-256, base64url. */
  readonly p256dh: string
  /** 16 bytes, base64url. */
  readonly auth: string
}

const CURVE = 'prime256v1'
const RECORD_BYTES = 4096
const TAG_BYTES = 16
const HEADER_BYTES = 86
/** What is sent has one of a few lengths, so that it does not tell the length of a title. */
const PADDED_TO = 512
/** Push services refuse bodies of more than 4096 bytes (RFC 8030, 7.2). */
export const MAX_PAYLOAD_BYTES = RECORD_BYTES - HEADER_BYTES - TAG_BYTES - 1

/** The body of a push message for one browser: encrypted as RFC 8291 describes it, in one record of `aes128gcm` (RFC 8188). */
export function encryptedPush(payload: string, { p256dh, auth }: PushKeys): Buffer {
  const sender = createECDH(CURVE)
  const senderKey = sender.generateKeys()
  const receiverKey = Buffer.from(p256dh, 'base64url')
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiverKey, senderKey])
  const secret = derived(sender.computeSecret(receiverKey), { salt: Buffer.from(auth, 'base64url'), info, bytes: 32 })
  const salt = randomBytes(16)
  const key = derived(secret, { salt, info: 'Content-Encoding: aes128gcm\0', bytes: 16 })
  const nonce = derived(secret, { salt, info: 'Content-Encoding: nonce\0', bytes: 12 })
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  const encrypted = Buffer.concat([cipher.update(padded(payload)), cipher.final(), cipher.getAuthTag()])
  const recordBytes = Buffer.alloc(4)
  recordBytes.writeUInt32BE(RECORD_BYTES)
  return Buffer.concat([salt, recordBytes, Buffer.from([senderKey.length]), senderKey, encrypted])
}

/** Whether a message can be encrypted for these keys. */
export function arePushKeys({ p256dh, auth }: PushKeys): boolean {
  const key = Buffer.from(p256dh, 'base64url')
  if (key.length !== 65 || Buffer.from(auth, 'base64url').length !== 16) return false
  const own = createECDH(CURVE)
  own.generateKeys()
  try {
    own.computeSecret(key)
    return true
  } catch {
    // Not a point on the curve.
    return false
  }
}

interface Derivation {
  readonly salt: Buffer
  readonly info: Buffer | string
  readonly bytes: number
}

function derived(secret: Buffer, { salt, info, bytes }: Derivation): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, bytes))
}

/** The payload, the delimiter of the last record, and zeros. */
function padded(payload: string): Buffer {
  const bytes = Buffer.from(payload)
  if (bytes.length > MAX_PAYLOAD_BYTES) throw new Error('the payload of a push message is too long')
  const length = Math.min(Math.ceil((bytes.length + 1) / PADDED_TO) * PADDED_TO, MAX_PAYLOAD_BYTES + 1)
  const all = Buffer.alloc(length)
  bytes.copy(all)
  all[bytes.length] = 2
  return all
}
