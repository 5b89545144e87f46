import { createECDH } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import type { Db } from '@taskwire/db'

/** The key pair by which push services know this installation (RFC 8292), base64url. */
export interface VapidKeys {
  readonly public_key: string
  readonly private_key: string
}

type KeyTable = { readonly vapidKey: Pick<Db['vapidKey'], 'findFirst' | 'createMany'> }

/** The installation's keys, which are made at the first use. Replicas that make them at once agree on one pair. */
export async function vapidKeys(db: KeyTable): Promise<VapidKeys> {
  const found = await db.vapidKey.findFirst()
  if (found !== null) return found
  await db.vapidKey.createMany({ data: [newKeys()], skipDuplicates: true })
  const stored = await db.vapidKey.findFirst()
  if (stored === null) throw new Error('the keys for push services could not be stored')
  return stored
}

function newKeys(): VapidKeys {
  const pair = createECDH('prime256v1')
  const public_key = pair.generateKeys().toString('base64url')
  // Without leading zeros it may be shorter than its 32 bytes.
  const number = pair.getPrivateKey()
  const private_key = Buffer.concat([Buffer.alloc(32 - number.length), number]).toString('base64url')
  return { public_key, private_key }
}

/** How long a signature is valid and how long it is used. Push services accept at most a day. */
const VALID_S = 12 * 3600
const USED_MS = 3_600_000

/** Returns the `Authorization` header for a push service, by its origin. */
export type PushAuthorization = (origin: string) => Promise<string>

/** Users choose the origins, so that there may be any number of them. */
const MAX_KNOWN = 1000

/** `contact` is where the operator of a push service can complain: a `mailto:` or `https:` URL. */
export function pushAuthorization(keys: VapidKeys, contact: string, maxKnown = MAX_KNOWN): PushAuthorization {
  const known = new Map<string, { readonly header: Promise<string>; readonly signed_at: number }>()
  return (origin) => {
    const used = known.get(origin)
    // By the clock of the signature: others stand still while a machine sleeps.
    if (used !== undefined && Math.abs(Date.now() - used.signed_at) < USED_MS) return used.header
    const header = signedHeader(keys, contact, origin)
    if (known.size >= maxKnown) known.clear()
    known.set(origin, { header, signed_at: Date.now() })
    return header
  }
}

async function signedHeader({ public_key, private_key }: VapidKeys, contact: string, origin: string): Promise<string> {
  const point = Buffer.from(public_key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const key = await importJWK({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '', d: private_key }, 'ES256')
  const token = await new SignJWT({})
    .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
    .setAudience(origin)
    .setSubject(contact)
    .setExpirationTime(`${VALID_S} s`)
    .sign(key)
  return `vapid t=${token}, k=${public_key}`
}
