import { generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate for a host name that is signed with this key: what `ca` of a client has to name. */
export function certificateFor(host: string): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = SEQUENCE(SET(SEQUENCE(COMMON_NAME, der(0x0c, Buffer.from(host)))))
  const validity = SEQUENCE(...['200101000000Z', '491231235959Z'].map((time) => der(0x17, Buffer.from(time))))
  const names = SEQUENCE(der(0x82, Buffer.from(host)))
  const extensions = der(0xa3, SEQUENCE(SEQUENCE(ALTERNATIVE_NAMES, der(0x04, names))))
  const subject = publicKey.export({ type: 'spki', format: 'der' })
  const signed = SEQUENCE(VERSION_3, SERIAL, SEQUENCE(ECDSA_WITH_SHA256), name, validity, name, subject, extensions)
  const signature = der(0x03, Buffer.from([0]), sign('sha256', signed, privateKey))
  const text = SEQUENCE(signed, SEQUENCE(ECDSA_WITH_SHA256), signature).toString('base64')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${text.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
  }
}

/** A value of ASN.1 in DER (X.690): its tag, its length, and what it contains. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const octets = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : octets)]), content])
}

const SEQUENCE = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
const SET = (...parts: readonly Uint8Array[]) => der(0x31, ...parts)
const objectId = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))

const VERSION_3 = der(0xa0, der(0x02, Buffer.from([2])))
const SERIAL = der(0x02, Buffer.from([1]))
const COMMON_NAME = objectId('550403')
const ALTERNATIVE_NAMES = objectId('551d11')
const ECDSA_WITH_SHA256 = objectId('2a8648ce3d040302')
